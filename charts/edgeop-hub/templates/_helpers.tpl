{{- define "edgeop-hub.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "edgeop-hub.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "edgeop-hub.labels" -}}
{{ include "edgeop-hub.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* What the chart decides of hub.yaml; values.config adds the rest. */}}
{{- define "edgeop-hub.hub" -}}
hostName: {{ .Values.hostName | quote }}
dataDirectory: /var/lib/edgeop-hub
listen:
  mqtt: "0.0.0.0:8883"
  https: "0.0.0.0:8443"
  local: {{ if .Values.metrics.enabled }}"0.0.0.0:9474"{{ else }}"127.0.0.1:9474"{{ end }}
replica:
  address: auto
storage:
  postgresql:
    host: {{ .Values.postgresql.host | quote }}
    port: {{ .Values.postgresql.port }}
    database: {{ .Values.postgresql.database | quote }}
    user: {{ .Values.postgresql.user | quote }}
    tls: {{ .Values.postgresql.tls }}
    passwordFile: /etc/edgeop-hub/database/password
    {{- if .Values.postgresql.caSecret }}
    caFile: /etc/edgeop-hub/database/ca.pem
    {{- end }}
{{- if .Values.tlsSecret }}
tls:
  certificate: /etc/edgeop-hub/tls/tls.crt
  key: /etc/edgeop-hub/tls/tls.key
{{- end }}
{{- with .Values.config }}
{{ toYaml . }}
{{- end }}
{{- end }}
