#!/bin/sh
# EKS's own bootstrap follows: its kubelet gets one more argument.
set -e
sed -i 's/KUBELET_EXTRA_ARGS=$2/KUBELET_EXTRA_ARGS="$2 --max-pods=MAX_PODS"/' /etc/eks/bootstrap.sh
