{{- /* What values.schema.json cannot say: all problems at once, each with what to write. */ -}}
{{- define "sluice.checks" -}}
{{- $problems := list -}}
{{- $config := .Values.config -}}
{{- $upstreams := merge (deepCopy .Values.upstreams) ($config.upstreams | default dict) -}}

{{- if not (or $upstreams .Values.demo.enabled) -}}
{{- $problems = append $problems "there is nothing to serve; write upstreams.main.target=dns:///SERVICE:PORT, or demo.enabled=true for a first look" -}}
{{- end -}}
{{- if and .Values.demo.enabled (hasKey $upstreams "demo") -}}
{{- $problems = append $problems "upstreams.demo: demo.enabled=true adds an upstream of this name; give yours another name" -}}
{{- end -}}
{{- range $name, $upstream := .Values.upstreams -}}
{{- if hasKey ($config.upstreams | default dict) $name -}}
{{- $problems = append $problems (printf "upstreams.%s is also in config.upstreams; remove one of the two" $name) -}}
{{- end -}}
{{- end -}}

{{- $uses := 0 -}}
{{- range $name, $upstream := $upstreams -}}
{{- if not (regexMatch "^[A-Za-z0-9._-]{1,63}$" $name) -}}
{{- $problems = append $problems (printf "upstreams: the name %q is not allowed; write 1 to 63 letters, digits, -, _ or ." $name) -}}
{{- end -}}
{{- $target := $upstream.target | default "" -}}
{{- if not $target -}}
{{- $problems = append $problems (printf "upstreams.%s has no target; write upstreams.%s.target=dns:///SERVICE:PORT" $name $name) -}}
{{- else if not (regexMatch "^(unix|unix-abstract|xds):|:[0-9]{1,5}$" $target) -}}
{{- $problems = append $problems (printf "upstreams.%s.target is %s, which has no port; write %s:PORT, as in dns:///shop:50051" $name $target (trimSuffix ":" $target)) -}}
{{- end -}}
{{- range (($upstream.schema | default dict).descriptor_set | default list) -}}
{{- if hasPrefix "/etc/sluice-descriptors/" . -}}
{{- $uses = add1 $uses -}}
{{- if not $.Values.descriptors.configMap -}}
{{- $problems = append $problems (printf "upstreams.%s.schema.descriptor_set names %s, but there is no such folder; write descriptors.configMap=NAME of the ConfigMap that has the file" $name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.descriptors.configMap (not $uses) -}}
{{- $problems = append $problems "descriptors.configMap is given, but no upstream reads from it; write upstreams.NAME.schema.descriptor_set: [/etc/sluice-descriptors/FILE]" -}}
{{- end -}}

{{- range $selector, $_ := .Values.routes -}}
{{- if not (regexMatch `^(\*|[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\.\*)?)$` $selector) -}}
{{- $problems = append $problems (printf "routes: %q selects nothing; write a package, service or method, or a prefix and .*, as in shop.v1.*" $selector) -}}
{{- end -}}
{{- end -}}

{{- if hasKey $config "listen" -}}
{{- $problems = append $problems "config.listen is the chart's: pods listen on 0.0.0.0:8080; write service.port for the port of the Service" -}}
{{- end -}}
{{- if hasKey $config "ops" -}}
{{- $problems = append $problems "config.ops is the chart's: probes need 0.0.0.0:9090; write opsService.port for the port of the Service" -}}
{{- end -}}
{{- if hasKey $config "drain" -}}
{{- $problems = append $problems "config.drain: write drain.delay and drain.window, from which terminationGracePeriodSeconds is computed as well" -}}
{{- end -}}
{{- $instead := dict "SLUICE_LISTEN" "service.port" "SLUICE_OPS_LISTEN" "opsService.port" "SLUICE_DRAIN_DELAY" "drain.delay" "SLUICE_DRAIN_WINDOW" "drain.window" -}}
{{- range .Values.extraEnv -}}
{{- if hasKey $instead .name -}}
{{- $problems = append $problems (printf "extraEnv has %s, behind the back of the chart; write %s" .name (get $instead .name)) -}}
{{- end -}}
{{- end -}}
{{- $flags := dict "--config" "config" "--listen" "service.port" "--ops-listen" "opsService.port" -}}
{{- range .Values.extraArgs -}}
{{- $flag := splitList "=" . | first -}}
{{- if hasKey $flags $flag -}}
{{- $problems = append $problems (printf "extraArgs has %s, behind the back of the chart; write %s" $flag (get $flags $flag)) -}}
{{- end -}}
{{- end -}}

{{- $paths := list "/etc/sluice" "/etc/sluice-descriptors" -}}
{{- $volumes := list "config" "descriptors" -}}
{{- range .Values.extraVolumeMounts -}}
{{- if has (trimSuffix "/" .mountPath) $paths -}}
{{- $problems = append $problems (printf "extraVolumeMounts has %s, which the chart mounts itself; choose another folder" .mountPath) -}}
{{- end -}}
{{- end -}}
{{- range .Values.extraVolumes -}}
{{- if has .name $volumes -}}
{{- $problems = append $problems (printf "extraVolumes has %s, a name that the chart uses itself; choose another" .name) -}}
{{- end -}}
{{- end -}}

{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- $problems = append $problems "ingress.enabled without a host; write ingress.hosts: [stream.example.com]" -}}
{{- end -}}
{{- if and .Values.ingress.hosts (not .Values.ingress.enabled) -}}
{{- $problems = append $problems "ingress.hosts is given, but there is no Ingress; write ingress.enabled=true" -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) .Values.serviceAccount.annotations -}}
{{- $problems = append $problems "serviceAccount.annotations is given, but no account is made; write serviceAccount.create=true, or annotate the account that exists" -}}
{{- end -}}

{{- if $problems -}}
{{- fail (printf "\n\nThe values cannot work:\n  - %s\n" (join "\n  - " $problems)) -}}
{{- end -}}
{{- end -}}
