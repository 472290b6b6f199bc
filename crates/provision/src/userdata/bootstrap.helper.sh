#!/bin/bash
# Sets what a bootstrap command needs to know of this node and its cluster. Meant to be sourced.
set -euo pipefail

. /etc/eksctl/kubelet.env

METADATA_URL=http://169.254.169.254/latest
TOKEN=$(curl -s --retry 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 600' "$METADATA_URL/api/token")

get_metadata() {
  curl -s --retry 5 -H "X-aws-ec2-metadata-token: $TOKEN" "$METADATA_URL/meta-data/$1"
}

INSTANCE_ID=$(get_metadata instance-id)
INSTANCE_LIFECYCLE=$(get_metadata instance-life-cycle)

: "${CLUSTER_DNS:=}" "${NODE_TAINTS:=}" "${MAX_PODS:=}" "${CONTAINER_RUNTIME:=dockerd}"
NODE_LABELS="$NODE_LABELS,node-lifecycle=$INSTANCE_LIFECYCLE,alpha.eksctl.io/instance-id=$INSTANCE_ID"

KUBELET_ARGS=("--node-labels=$NODE_LABELS")
if [ -n "$NODE_TAINTS" ]; then
  KUBELET_ARGS+=("--register-with-taints=$NODE_TAINTS")
fi
if [ -n "$MAX_PODS" ]; then
  KUBELET_ARGS+=("--max-pods=$MAX_PODS")
fi
KUBELET_EXTRA_ARGS="${KUBELET_ARGS[*]}"

KUBELET_CONFIG=/etc/kubernetes/kubelet/kubelet-config.json
KUBELET_EXTRA_CONFIG=/etc/eksctl/kubelet-extra.json
TMP_KUBE_CONF=/tmp/kubelet-conf.json
