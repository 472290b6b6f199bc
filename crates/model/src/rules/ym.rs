//! The documentation of the `YM` family. Its problems are found while the text is read, so there is no check here.

use super::Rule;
use crate::{problem::Code, ym};

const fn rule(
    code: Code,
    title: &'static str,
    doc: &'static str,
    bad: &'static str,
    good: &'static str,
) -> Rule {
    Rule {
        code,
        title,
        doc,
        bad,
        good,
        check: None,
    }
}

pub(super) static RULES: &[Rule] = &[
    rule(
        ym::SYNTAX,
        "text is not YAML",
        "\
The text cannot be read as YAML 1.1, which eksctl reads. Everything before the place was understood; the mistake is \
there or just before it: a trailing comma in a list of lines, a quote that is not closed, a tab as indentation, a key \
that is indented less than its neighbours. Until it is mended nothing else is judged. What begins with `{` eksctl reads as JSON, \
with quotes around all keys and without comments; a line `---` before it makes it YAML.",
        "availabilityZones:\n- \"us-west-2a\",\n- \"us-west-2b\"\n",
        "availabilityZones:\n- \"us-west-2a\"\n- \"us-west-2b\"\n",
    ),
    rule(
        ym::ENCODING,
        "bytes that are no text",
        "\
A config is UTF-8 text. Files saved as UTF-16, binary files, and control characters that YAML does not allow are \
refused at the first such byte. Save the file as UTF-8.",
        "metadata: {name: leaderboard\u{fffe}20, region: us-west-2}\n",
        "metadata: {name: leaderboard-20, region: us-west-2}\n",
    ),
    rule(
        ym::EMPTY,
        "nothing in the file",
        "\
The file is empty, or has comments only. A config begins with `apiVersion`, `kind` and `metadata`.",
        "",
        "metadata: {name: leaderboard-20, region: us-west-2}\n",
    ),
    rule(
        ym::DOCUMENTS,
        "several documents in one file",
        "\
eksctl reads the first document of a file and ignores what follows a line `---` or `...`, so a second cluster there is \
never made. Give each cluster a file of its own; commands take several files at once.",
        "metadata: {name: leaderboard-20, region: us-west-2}\n---\nmetadata: {name: leaderboard-10, region: us-west-2}\n",
        "metadata: {name: leaderboard-20, region: us-west-2}\n",
    ),
    rule(
        ym::LIMIT,
        "file larger than any config",
        "\
What is far larger than any config is not read, so that every file has its answer at once: more than 1 MiB, 10,000 line \
ends, colons and commas or 100,000 values, also where aliases grow beyond that when they are followed; more than 1000 \
entries in one list or map, 64 levels of them, or 64 KiB in one text. User data, the longest text of all fields, may have \
16 KiB.",
        "",
        "metadata: {name: leaderboard-20, region: us-west-2}\n",
    ),
    rule(
        ym::DUPLICATE,
        "key set twice in one map",
        "\
A map has each key once. eksctl refuses a second one, also where it comes from a merge key (`<<`) beside it: which of \
the two is meant cannot be known. Of keys that only become the same text, such as `1` and `\"1\"`, it keeps any one \
without a word; these are refused too.",
        "nodeGroups:\n- name: gpu\n  maxSize: 2\n  maxSize: 4\n",
        "nodeGroups:\n- name: gpu\n  maxSize: 4\n",
    ),
    rule(
        ym::KEY,
        "key that is not text",
        "\
Keys are text. A list or a map as a key is an error. A plain word that YAML 1.1 takes for something else, as `on` for a \
boolean or `0x1F` for a number, is a warning: eksctl reads the key as another text. Put it in quotes.",
        "nodeGroups:\n- name: gpu\n  labels: {on: \"1\"}\n",
        "nodeGroups:\n- name: gpu\n  labels: {\"on\": \"1\"}\n",
    ),
    rule(
        ym::ALIAS,
        "alias or merge key without target",
        "\
An alias `*name` stands for the value that an anchor `&name` marked before it. An alias without its anchor, one inside \
its own anchor, and a merge key `<<` that is given anything but a map or a list of maps cannot be followed.",
        "nodeGroups:\n- name: gpu\n  labels: *common\n",
        "nodeGroups:\n- name: cpu\n  labels: &common {team: leaderboard}\n- name: gpu\n  labels: *common\n",
    ),
    rule(
        ym::UNREADABLE,
        "value that cannot be read",
        "\
eksctl turns the file into JSON, which has no infinite numbers and no YAML tags such as `!!binary` or `!!float`. A value \
like `.inf`, or one that is not what its tag says, has no counterpart there.",
        "nodeGroups:\n- name: gpu\n  kubeletExtraConfig: {registryPullQPS: .inf}\n",
        "nodeGroups:\n- name: gpu\n  kubeletExtraConfig: {registryPullQPS: 10}\n",
    ),
    rule(
        ym::UNKNOWN_KEY,
        "key that eksctl does not know",
        "\
eksctl refuses keys that are not in its schema. Most often it is a slip of the keyboard, or a key that belongs a level \
higher or lower; the nearest known key is suggested.",
        "nodeGroups:\n- name: gpu\n  maxSzie: 4\n",
        "nodeGroups:\n- name: gpu\n  maxSize: 4\n",
    ),
    rule(
        ym::KEY_CASE,
        "key in another case of letters",
        "\
eksctl accepts a key in another case of letters and then drops it without a word, so the cluster is made without the \
setting. `lb` refuses it, and offers the right spelling.",
        "nodeGroups:\n- name: gpu\n  maxsize: 4\n",
        "nodeGroups:\n- name: gpu\n  maxSize: 4\n",
    ),
    rule(
        ym::TYPE,
        "value of the wrong type",
        "\
A value has another type than its field: text where a number is needed, a list where a map is. YAML decides the type by \
how the value is written, so `version: 1.30` is the number 1.3, and `enabled: true` under tags is no text; quotes make \
them text. A value of the wrong type is left out of everything else that is judged.",
        "metadata: {name: leaderboard-20, region: us-west-2, version: 1.30}\n",
        "metadata: {name: leaderboard-20, region: us-west-2, version: \"1.35\"}\n",
    ),
    rule(
        ym::NULL_ITEM,
        "empty item in a list",
        "\
A `-` with nothing behind it is an empty item. eksctl stops with a crash or an error at an empty nodegroup, account or \
mapping; in a list of texts it reads an empty text, which is a warning.",
        "nodeGroups:\n- name: gpu\n-\n",
        "nodeGroups:\n- name: gpu\n",
    ),
    rule(
        ym::API_VERSION,
        "apiVersion missing or unknown",
        "\
The first lines say what the file is: `apiVersion: eksctl.io/v1alpha5` and `kind: ClusterConfig`. eksctl reads no other \
version of the format.",
        "apiVersion: eksctl.io/v1alpha4\n",
        "apiVersion: eksctl.io/v1alpha5\n",
    ),
    rule(
        ym::KIND,
        "kind missing or unknown",
        "\
The first lines say what the file is: `apiVersion: eksctl.io/v1alpha5` and `kind: ClusterConfig`. Manifests of \
Kubernetes have other kinds and are applied to the cluster later.",
        "kind: Cluster\n",
        "kind: ClusterConfig\n",
    ),
    rule(
        ym::CIDR,
        "not a range of addresses",
        "\
eksctl parses ranges of addresses while it reads the file. A range is an address and the number of leading bits that \
are common: `192.168.0.0/16`.",
        "vpc: {cidr: 192.168.0.0}\n",
        "vpc: {cidr: 192.168.0.0/16}\n",
    ),
    rule(
        ym::ARN,
        "not an ARN",
        "\
eksctl parses the principals and policies of access entries, and a few other ARNs, while it reads the file. An ARN has six \
parts: `arn:partition:service:region:account:resource`.",
        "accessConfig: {accessEntries: [{principalARN: LB2-eks-admin}]}\n",
        "accessConfig: {accessEntries: [{principalARN: \"arn:aws:iam::111122223333:role/LB2-eks-admin\"}]}\n",
    ),
    rule(
        ym::IGNORED_KEY,
        "key that eksctl ignores",
        "\
In subnets and identity providers eksctl does not refuse unknown keys but ignores them, so what they say never happens. \
Remove the key, or correct its spelling.",
        "vpc: {subnets: {public: {a: {id: subnet-0123456789abcdef0, zone: us-west-2a}}}}\n",
        "vpc: {subnets: {public: {a: {id: subnet-0123456789abcdef0, az: us-west-2a}}}}\n",
    ),
    rule(
        ym::UNUSED_ALLOW,
        "allow comment without a problem",
        "\
`# lb: allow CODE reason` silences that code on its line, or on the next one if it stands alone. This one silences \
nothing: the problem is mended, the comment stands elsewhere, or the code is none that can be silenced. Errors can be \
silenced in the `LB` family only. Remove the comment, so that it does not hide a new problem later.",
        "# lb: allow LB037 tried in a closed network\navailabilityZones: [us-west-2a, us-west-2b]\n",
        "availabilityZones: [us-west-2a, us-west-2b]\n",
    ),
    rule(
        ym::TOO_MANY,
        "more problems than are shown",
        "\
Of the problems of text and types the first 100 are shown, of all others the first 1000; often one mistake makes many. \
Correct these first, and look again.",
        "",
        "metadata: {name: leaderboard-20, region: us-west-2}\n",
    ),
    rule(
        ym::INVISIBLE,
        "character that nobody sees",
        "\
Zero-width characters, and those that turn the direction of writing, are part of a name although nobody sees them: a \
label with one in it is another label, and a name reads as another one. A warning is the first of them in a line, in \
comments too, where they can hide what is commented out.",
        "metadata: {name: leaderboard-20, region: us-west-2, tags: {owner: \"team\u{200b}a\"}}\n",
        "metadata: {name: leaderboard-20, region: us-west-2, tags: {owner: \"teama\"}}\n",
    ),
    rule(
        ym::PUNCTUATION,
        "punctuation that needs quotes",
        "\
Readers of YAML disagree about some signs without quotes, so eksctl refuses them or reads something else than what is \
meant. In brackets these are a `-` alone, any `?`, and a `:` that begins a text or has no blank behind it; everywhere, a \
tag (`!name`) that no blank follows, and an anchor (`&name`) with more than letters, digits, `_` and `-`, and a key whose `:` is on a later line.",
        "nodeGroups:\n- name: gpu\n  tags: {docs: https://wiki.example/?page=gpu}\n",
        "nodeGroups:\n- name: gpu\n  tags: {docs: \"https://wiki.example/?page=gpu\"}\n",
    ),
];
