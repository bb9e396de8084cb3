/**
 * The series that alerts and dashboards read, by the program that publishes them. A name that is not
 * here is a type error, so that none is made up: an alert on a series that nobody publishes never fires,
 * and says nothing about it.
 *
 * Sources: kube-state-metrics' docs/metrics, cAdvisor's and the kubelet's own; cert-manager's
 * pkg/metrics; KEDA's pkg/metricscollector, 2.14 and later; Redpanda's public metrics. Those of Redpanda
 * Connect 4.31, MinIO and the collector 0.106 were read from the running programs.
 */
const metrics = {
  prometheus: ["up"],
  "kube-state-metrics": [
    "kube_cronjob_created",
    "kube_cronjob_info",
    "kube_cronjob_next_schedule_time",
    "kube_cronjob_spec_suspend",
    "kube_cronjob_status_last_successful_time",
    "kube_deployment_spec_replicas",
    "kube_deployment_status_replicas_available",
    "kube_horizontalpodautoscaler_spec_max_replicas",
    "kube_horizontalpodautoscaler_status_current_replicas",
    "kube_horizontalpodautoscaler_status_desired_replicas",
    "kube_job_failed",
    "kube_job_owner",
    "kube_job_status_start_time",
    "kube_pod_container_resource_limits",
    "kube_pod_container_status_last_terminated_reason",
    "kube_pod_container_status_restarts_total",
    "kube_pod_container_status_terminated_reason",
    "kube_pod_container_status_waiting_reason",
    "kube_statefulset_replicas",
    "kube_statefulset_status_replicas_ready",
  ],
  cadvisor: ["container_cpu_usage_seconds_total", "container_memory_working_set_bytes"],
  kubelet: ["kubelet_volume_stats_capacity_bytes", "kubelet_volume_stats_used_bytes"],
  "cert-manager": [
    "certmanager_certificate_ready_status",
    "certmanager_certificate_renewal_timestamp_seconds",
  ],
  keda: ["keda_scaler_detail_errors_total", "keda_scaler_metrics_value"],
  "redpanda-connect": [
    "input_connection_lost",
    "input_connection_up",
    "input_received",
    "output_error",
    "output_sent",
    "processor_sent",
  ],
  redpanda: ["redpanda_kafka_consumer_group_committed_offset", "redpanda_kafka_max_offset"],
  minio: [
    "minio_cluster_capacity_usable_free_bytes",
    "minio_cluster_capacity_usable_total_bytes",
    "minio_cluster_health_status",
  ],
  otelcol: ["otelcol_exporter_send_failed_spans", "otelcol_receiver_accepted_spans"],
} as const;

export type MetricName = (typeof metrics)[keyof typeof metrics][number];

/** All of them, for those who check expressions. */
export const metricNames: readonly MetricName[] = Object.values(metrics).flat();
