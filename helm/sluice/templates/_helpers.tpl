{{- define "sluice.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- /* Short enough for the longest suffix, `-descriptors` and the like, within 63 characters. */ -}}
{{- define "sluice.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "sluice.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "sluice.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "sluice.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sluice.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sluice.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "sluice.labels" -}}
{{ include "sluice.commonLabels" . }}
{{ include "sluice.selectorLabels" . }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "sluice.gatewaySelector" -}}
{{ include "sluice.selectorLabels" . }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "sluice.demoSelector" -}}
{{ include "sluice.selectorLabels" . }}
app.kubernetes.io/component: demo
{{- end -}}

{{- define "sluice.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "sluice.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "sluice.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- /* What the `restricted` pod security standard asks for. */ -}}
{{- define "sluice.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "sluice.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- /*
The time that a pod may take to go down, in whole seconds, rounded up: delay, window, and the 5 s after
which the gateway itself cuts off what will not end. Sprig can add a duration to a time, but not read one.
*/ -}}
{{- define "sluice.graceSeconds" -}}
{{- $start := toDate "2006-01-02" "2000-01-01" -}}
{{- $end := $start | mustDateModify .Values.drain.delay | mustDateModify .Values.drain.window -}}
{{- $end = $end | mustDateModify "5s" | mustDateModify "999999999ns" -}}
{{- sub (unixEpoch $end) (unixEpoch $start) -}}
{{- end -}}

{{- /* The configuration file, as YAML. */ -}}
{{- define "sluice.configuration" -}}
{{- $config := deepCopy .Values.config -}}
{{- $_ := set $config "listen" "0.0.0.0:8080" -}}
{{- $_ := set $config "ops" (dict "listen" "0.0.0.0:9090") -}}
{{- $_ := set $config "drain" (dict "delay" .Values.drain.delay "window" .Values.drain.window) -}}
{{- $upstreams := merge (deepCopy .Values.upstreams) ($config.upstreams | default dict) -}}
{{- if .Values.demo.enabled -}}
{{- $target := printf "dns:///%s-demo:50051" (include "sluice.fullname" .) -}}
{{- $_ := set $upstreams "demo" (dict "target" $target) -}}
{{- if not (hasKey $config "cors") -}}
{{- $_ := set $config "cors" (dict "origins" (list .Values.demo.pageOrigin) "credentials" true) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $config "upstreams" $upstreams -}}
{{- $routes := $config.routes | default list -}}
{{- /* `range` goes by the alphabet, and `*` and `.` stand before every letter: the general comes first. */ -}}
{{- range $selector, $rule := .Values.routes -}}
{{- $routes = append $routes (merge (dict "selector" $selector) $rule) -}}
{{- end -}}
{{- if $routes -}}
{{- $_ := set $config "routes" $routes -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}
