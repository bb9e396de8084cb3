module platform/toolchain/crds

go 1.26.0

// No code is built here: the CRD files of the embedded cluster are taken from these modules.
require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/kedacore/keda/v2 v2.21.0
	github.com/kubernetes-csi/external-snapshotter/client/v8 v8.7.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
