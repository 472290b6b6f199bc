#!/bin/bash
# Joins an Amazon Linux 2 node to its cluster.
set -euo pipefail

. /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh

/etc/eks/bootstrap.sh "$CLUSTER_NAME" \
  --apiserver-endpoint "$API_SERVER_URL" --b64-cluster-ca "$B64_CLUSTER_CA" \
  --dns-cluster-ip "$CLUSTER_DNS" --kubelet-extra-args "$KUBELET_EXTRA_ARGS" \
  --container-runtime "$CONTAINER_RUNTIME"

# What the config says of the kubelet goes over what the image says.
jq -s '.[0] * .[1]' "$KUBELET_CONFIG" "$KUBELET_EXTRA_CONFIG" > "$TMP_KUBE_CONF"
mv "$TMP_KUBE_CONF" "$KUBELET_CONFIG"
systemctl daemon-reload
systemctl restart kubelet
