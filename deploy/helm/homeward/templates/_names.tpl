{{/* The labels by which a service's pods are found. Given (dict "root" $ "name" <service>). */}}
{{- define "homeward.selector" -}}
app.kubernetes.io/name: homeward
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "homeward.labels" -}}
{{ include "homeward.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* The addresses of all services, by name, in JSON. */}}
{{- define "homeward.urls" -}}
{{- $urls := dict -}}
{{- range $name, $_ := .Values.services -}}
{{- $_ := set $urls $name (printf "http://%s-%s:8080" $.Release.Name $name) -}}
{{- end -}}
{{- toJson $urls -}}
{{- end }}

{{- define "homeward.image" -}}
{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
{{- end }}
