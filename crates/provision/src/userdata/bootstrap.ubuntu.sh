#!/bin/bash
# Joins an Ubuntu node to its cluster; the image's own bootstrap asks EKS for the address of the API.
set -euo pipefail

. /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh

/etc/eks/bootstrap.sh "$CLUSTER_NAME" \
  --dns-cluster-ip "$CLUSTER_DNS" --kubelet-extra-args "$KUBELET_EXTRA_ARGS"

# What the config says of the kubelet goes over what the image says.
jq -s '.[0] * .[1]' "$KUBELET_CONFIG" "$KUBELET_EXTRA_CONFIG" > "$TMP_KUBE_CONF"
mv "$TMP_KUBE_CONF" "$KUBELET_CONFIG"
snap restart kubelet-eks
