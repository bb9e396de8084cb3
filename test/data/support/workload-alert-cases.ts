import { type AlertCase, always } from "./alert-case";

const pod = 'namespace="thunderline",pod="web-1",container="web",uid="u"';
const autoscaler = 'namespace="thunderline",horizontalpodautoscaler="web"';
const container = { namespace: "thunderline", pod: "web-1", container: "web" };

/** Of a pod: what everybody is told of the servers of a namespace. */
export const workloadCases: readonly AlertCase[] = [
  {
    alert: "ContainerRestarts",
    cause: "at every start",
    namespace: "thunderline",
    bad: { [`kube_pod_container_status_restarts_total{${pod}}`]: "0x10 4x100" },
    good: { [`kube_pod_container_status_restarts_total{${pod}}`]: "0x10 3x100" },
    since: 11,
    labels: container,
  },
  {
    alert: "ContainerRestarts",
    cause: "every two hours",
    namespace: "thunderline",
    bad: { [`kube_pod_container_status_restarts_total{${pod}}`]: steps(9, 120) },
    good: { [`kube_pod_container_status_restarts_total{${pod}}`]: steps(8, 120) },
    since: 9 * 120,
    labels: container,
  },
  {
    alert: "ContainerCrashLooping",
    cause: "",
    namespace: "thunderline",
    bad: {
      [`kube_pod_container_status_waiting_reason{${pod},reason="CrashLoopBackOff"}`]: always(1),
    },
    good: {
      [`kube_pod_container_status_waiting_reason{${pod},reason="ContainerCreating"}`]: always(1),
    },
    labels: container,
  },
  {
    alert: "ContainerOomKilled",
    cause: "",
    namespace: "thunderline",
    bad: {
      [`kube_pod_container_status_restarts_total{${pod}}`]: "0x10 1x60",
      [`kube_pod_container_status_last_terminated_reason{${pod},reason="OOMKilled"}`]: "_x10 1x60",
    },
    good: {
      [`kube_pod_container_status_restarts_total{${pod}}`]: "0x10 1x60",
      [`kube_pod_container_status_last_terminated_reason{${pod},reason="Error"}`]: "_x10 1x60",
    },
    since: 11,
    labels: container,
  },
  {
    alert: "ContainerOomKilled",
    cause: "and it was not to be started again",
    namespace: "thunderline",
    bad: {
      [`kube_pod_container_status_terminated_reason{${pod},reason="OOMKilled"}`]: "_x10 1x60",
    },
    // It ended long ago, and is kept to be read.
    good: {
      [`kube_pod_container_status_terminated_reason{${pod},reason="OOMKilled"}`]: "_x10 1x600",
    },
    since: 10,
    labels: container,
  },
  {
    alert: "CpuNearLimit",
    cause: "",
    namespace: "thunderline",
    // Seconds of a core: 57 of the 60 that a minute has.
    bad: {
      [`container_cpu_usage_seconds_total{${pod}}`]: "0+57x300",
      [`kube_pod_container_resource_limits{${pod},resource="cpu",unit="core"}`]: always(1),
    },
    good: {
      [`container_cpu_usage_seconds_total{${pod}}`]: "0+30x300",
      [`kube_pod_container_resource_limits{${pod},resource="cpu",unit="core"}`]: always(1),
    },
    // The rate is that of a whole window.
    since: 5,
    labels: container,
  },
  {
    alert: "MemoryNearLimit",
    cause: "",
    namespace: "thunderline",
    bad: {
      [`container_memory_working_set_bytes{${pod}}`]: always(950),
      [`kube_pod_container_resource_limits{${pod},resource="memory",unit="byte"}`]: always(1000),
    },
    good: {
      [`container_memory_working_set_bytes{${pod}}`]: always(850),
      [`kube_pod_container_resource_limits{${pod},resource="memory",unit="byte"}`]: always(1000),
    },
    labels: container,
  },
  {
    alert: "WorkloadUnavailable",
    cause: "a Deployment",
    namespace: "thunderline",
    bad: {
      'kube_deployment_status_replicas_available{namespace="thunderline",deployment="web"}':
        always(1),
      'kube_deployment_spec_replicas{namespace="thunderline",deployment="web"}': always(2),
    },
    good: {
      'kube_deployment_status_replicas_available{namespace="thunderline",deployment="web"}':
        always(2),
      'kube_deployment_spec_replicas{namespace="thunderline",deployment="web"}': always(2),
    },
    labels: { namespace: "thunderline", deployment: "web" },
  },
  {
    alert: "WorkloadUnavailable",
    cause: "a StatefulSet",
    namespace: "thunderline",
    bad: {
      'kube_statefulset_status_replicas_ready{namespace="thunderline",statefulset="postgres"}':
        always(0),
      'kube_statefulset_replicas{namespace="thunderline",statefulset="postgres"}': always(1),
    },
    good: {
      'kube_statefulset_status_replicas_ready{namespace="thunderline",statefulset="postgres"}':
        always(1),
      'kube_statefulset_replicas{namespace="thunderline",statefulset="postgres"}': always(1),
    },
    labels: { namespace: "thunderline", statefulset: "postgres" },
  },
  {
    alert: "TargetDown",
    cause: "a pod does not answer",
    namespace: "mqtt-redpanda-bridge",
    bad: { 'up{namespace="mqtt-redpanda-bridge",job="mqtt-redpanda-bridge",pod="b"}': always(0) },
    good: { 'up{namespace="mqtt-redpanda-bridge",job="mqtt-redpanda-bridge",pod="b"}': always(1) },
    labels: { job: "mqtt-redpanda-bridge", pod: "b" },
  },
  {
    alert: "TargetDown",
    cause: "Prometheus does not know of it",
    namespace: "mqtt-redpanda-bridge",
    bad: {},
    good: { 'up{namespace="mqtt-redpanda-bridge",job="mqtt-redpanda-bridge",pod="b"}': always(1) },
    labels: { job: "mqtt-redpanda-bridge" },
  },
  {
    alert: "AutoscalerAtMaximum",
    cause: "",
    namespace: "thunderline",
    bad: {
      [`kube_horizontalpodautoscaler_status_desired_replicas{${autoscaler}}`]: always(4),
      [`kube_horizontalpodautoscaler_spec_max_replicas{${autoscaler}}`]: always(4),
    },
    good: {
      [`kube_horizontalpodautoscaler_status_desired_replicas{${autoscaler}}`]: always(3),
      [`kube_horizontalpodautoscaler_spec_max_replicas{${autoscaler}}`]: always(4),
    },
    labels: { namespace: "thunderline", horizontalpodautoscaler: "web" },
  },
];

/** One more every `minutes`, `count` times. */
function steps(count: number, minutes: number): string {
  const levels = Array.from(
    { length: count },
    (_, level) => `${String(level)}x${String(minutes - 1)}`,
  );
  return [...levels, `${String(count)}x200`].join(" ");
}
