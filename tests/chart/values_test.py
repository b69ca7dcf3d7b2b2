# SPDX-License-Identifier: Apache-2.0
"""Each value of the chart, and what it changes."""

import shutil
import tempfile
import unittest
from pathlib import Path

from chart import CHART, MAIN, Manifests, helm, render, render_text, with_main


class Defaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chart = render(MAIN)

    def test_one_upstream_is_enough(self):
        chart = render({}, "--set", "upstreams.main.target=dns:///demo:50051")
        self.assertEqual(chart.kinds(), [
            "ConfigMap/live-sluice", "Deployment/live-sluice", "Service/live-sluice",
            "Service/live-sluice-ops", "ServiceAccount/live-sluice"])
        self.assertEqual(chart.configuration()["upstreams"], MAIN["upstreams"])

    def test_a_pod_is_replaced_before_it_goes(self):
        strategy = self.chart.get("Deployment")["spec"]["strategy"]
        self.assertEqual(strategy, {"type": "RollingUpdate",
                                    "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})

    def test_probes_ask_the_port_for_operators(self):
        container = self.chart.container()
        asked = {name: container[name]["httpGet"] for name in
                 ("startupProbe", "livenessProbe", "readinessProbe")}
        self.assertEqual(asked, {"startupProbe": {"path": "/startupz", "port": "ops"},
                                 "livenessProbe": {"path": "/livez", "port": "ops"},
                                 "readinessProbe": {"path": "/readyz", "port": "ops"}})

    def test_the_configuration_listens_where_the_ports_are(self):
        ports = {port["name"]: port["containerPort"] for port in self.chart.container()["ports"]}
        configuration = self.chart.configuration()
        self.assertEqual(configuration["listen"], f"0.0.0.0:{ports['http']}")
        self.assertEqual(configuration["ops"], {"listen": f"0.0.0.0:{ports['ops']}"})

    def test_the_pod_is_restricted(self):
        spec = self.chart.pod()["spec"]
        self.assertEqual(spec["securityContext"], {
            "runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"}})
        self.assertEqual(self.chart.container()["securityContext"], {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]}})

    def test_no_token_gets_into_the_pod(self):
        self.assertIs(self.chart.get("ServiceAccount")["automountServiceAccountToken"], False)
        self.assertIs(self.chart.pod()["spec"]["automountServiceAccountToken"], False)
        self.assertEqual(self.chart.pod()["spec"]["serviceAccountName"], "live-sluice")

    def test_another_version_of_the_chart_alone_rolls_no_pods(self):
        self.assertEqual(self.chart.pod()["metadata"]["labels"],
                         self.chart.get("Deployment")["spec"]["selector"]["matchLabels"])

    def test_services_give_the_pod_no_variables(self):
        self.assertIs(self.chart.pod()["spec"]["enableServiceLinks"], False)

    def test_the_configuration_is_mounted_as_a_folder(self):
        mounts = self.chart.container()["volumeMounts"]
        self.assertEqual(mounts, [{"name": "config", "mountPath": "/etc/sluice", "readOnly": True}])
        self.assertEqual(self.chart.pod()["spec"]["volumes"],
                         [{"name": "config", "configMap": {"name": "live-sluice"}}])
        self.assertEqual(self.chart.container()["args"],
                         ["serve", "--config", "/etc/sluice/sluice.yaml"])

    def test_services_name_their_ports_and_protocols(self):
        port = {"protocol": "TCP", "appProtocol": "http"}
        self.assertEqual(self.chart.get("Service")["spec"]["ports"],
                         [{"name": "http", "port": 80, "targetPort": "http", **port}])
        ops = self.chart.get("Service", "live-sluice-ops")["spec"]
        self.assertEqual(ops["ports"], [{"name": "ops", "port": 9090, "targetPort": "ops", **port}])
        self.assertEqual(ops["type"], "ClusterIP")
        self.assertIs(ops["publishNotReadyAddresses"], True)

    def test_services_and_deployment_select_the_pods_of_the_gateway(self):
        labels = self.chart.pod()["metadata"]["labels"].items()
        for selector in (self.chart.get("Service")["spec"]["selector"],
                         self.chart.get("Service", "live-sluice-ops")["spec"]["selector"],
                         self.chart.get("Deployment")["spec"]["selector"]["matchLabels"]):
            self.assertLessEqual(selector.items(), labels)
            self.assertEqual(selector["app.kubernetes.io/component"], "gateway")

    def test_memory_is_limited_and_cpu_is_not(self):
        resources = self.chart.container()["resources"]
        self.assertEqual(set(resources["limits"]), {"memory"})
        self.assertEqual(set(resources["requests"]), {"cpu", "memory"})


class Drain(unittest.TestCase):
    def test_the_time_to_end_is_delay_and_window_and_five_seconds(self):
        for delay, window, seconds in (("5s", "25s", 35), ("0s", "0s", 5), ("1m30s", "250ms", 96),
                                       ("1.5s", "1.5s", 8), ("2h", "1ms", 7206)):
            with self.subTest(delay=delay, window=window):
                chart = render(with_main(drain={"delay": delay, "window": window}))
                self.assertEqual(chart.pod()["spec"]["terminationGracePeriodSeconds"], seconds)
                self.assertEqual(chart.configuration()["drain"], {"delay": delay, "window": window})


class Configuration(unittest.TestCase):
    def test_selectors_keep_their_dots(self):
        rule = {"stream": {"share": {}, "endless": False}, "forward_headers": []}
        chart = render(with_main(routes={"demo.v1.Ticker.Watch": rule}))
        self.assertEqual(chart.configuration()["routes"],
                         [{"selector": "demo.v1.Ticker.Watch", **rule}])

    def test_a_selector_on_the_command_line_has_backslashes(self):
        chart = render(MAIN, "--set", r"routes.demo\.v1\.*.stream.heartbeat=4s")
        self.assertEqual(chart.configuration()["routes"],
                         [{"selector": "demo.v1.*", "stream": {"heartbeat": "4s"}}])

    def test_the_general_rule_comes_before_the_particular(self):
        selectors = ["*", "demo.*", "demo.v1", "demo.v1.*", "demo.v1.Ticker", "demo.v1.Ticker.*",
                     "demo.v1.Ticker.Watch"]
        chart = render(with_main(routes={selector: {} for selector in reversed(selectors)}))
        self.assertEqual([rule["selector"] for rule in chart.configuration()["routes"]], selectors)

    def test_the_files_own_keys_arrive_as_they_are(self):
        config = {"cors": {"origins": ["https://app.example.com"], "credentials": True},
                  "trusted_proxies": ["10.0.0.0/8"], "retryable_codes": ["UNAVAILABLE"],
                  "limits": {"connections": 10000000, "body": "256KiB"}, "log": {"level": "debug"}}
        configuration = render(with_main(config=config)).configuration()
        self.assertLessEqual(config.items(), configuration.items())

    def test_a_whole_file_can_be_pasted(self):
        config = {"upstreams": {"pasted": {"target": "a:1"}},
                  "routes": [{"selector": "z.v1.*"}, {"selector": "a.v1.*"}]}
        configuration = render(with_main(config=config, routes={"b.v1.*": {}})).configuration()
        self.assertEqual(set(configuration["upstreams"]), {"main", "pasted"})
        self.assertEqual([rule["selector"] for rule in configuration["routes"]],
                         ["z.v1.*", "a.v1.*", "b.v1.*"])

    def test_another_configuration_rolls_the_pods(self):
        def mark(**values):
            return render(with_main(**values)).pod()["metadata"]["annotations"]["checksum/config"]

        self.assertEqual(mark(), mark(replicas=5))
        self.assertNotEqual(mark(), mark(config={"log": {"level": "debug"}}))

    def test_pods_need_not_roll(self):
        chart = render(with_main(rollOnConfigChange=False))
        self.assertNotIn("annotations", chart.pod()["metadata"])

    def test_descriptors_are_mounted_as_a_folder(self):
        upstream = {"target": "a:1", "schema": {"descriptor_set": ["/etc/sluice-descriptors/a.binpb"]}}
        chart = render({"upstreams": {"main": upstream}, "descriptors": {"configMap": "shop"}})
        self.assertIn({"name": "descriptors", "mountPath": "/etc/sluice-descriptors", "readOnly": True},
                      chart.container()["volumeMounts"])
        self.assertIn({"name": "descriptors", "configMap": {"name": "shop"}},
                      chart.pod()["spec"]["volumes"])
        self.assertEqual(chart.configuration()["upstreams"]["main"], upstream)


class Extras(unittest.TestCase):
    def test_the_container_gets_what_is_added(self):
        values = {"extraArgs": ["--log-level=debug"], "extraEnv": [{"name": "A", "value": "b"}],
                  "extraVolumeMounts": [{"name": "protos", "mountPath": "/protos"}],
                  "extraVolumes": [{"name": "protos", "configMap": {"name": "protos"}}]}
        chart = render(with_main(**values))
        container = chart.container()
        self.assertEqual(container["args"][-1], "--log-level=debug")
        self.assertEqual(container["env"], values["extraEnv"])
        self.assertEqual(container["volumeMounts"][1:], values["extraVolumeMounts"])
        self.assertEqual(chart.pod()["spec"]["volumes"][1:], values["extraVolumes"])

    def test_the_pod_gets_what_is_added(self):
        spec = {"nodeSelector": {"disk": "fast"}, "tolerations": [{"operator": "Exists"}],
                "affinity": {"nodeAffinity": {}}, "priorityClassName": "high",
                "topologySpreadConstraints": [{"maxSkew": 1}], "imagePullSecrets": [{"name": "key"}]}
        chart = render(with_main(podAnnotations={"a": "b"}, podLabels={"team": "x"}, **spec))
        self.assertLessEqual(spec.items(), chart.pod()["spec"].items())
        self.assertEqual(chart.pod()["metadata"]["annotations"]["a"], "b")
        self.assertEqual(chart.pod()["metadata"]["labels"]["team"], "x")

    def test_labels_of_ones_own_do_not_change_what_is_selected(self):
        labels = {"team": "x", "app.kubernetes.io/component": "mine"}
        chart = render(with_main(podLabels=labels))
        selector = chart.get("Deployment")["spec"]["selector"]["matchLabels"]
        self.assertEqual(chart.pod()["metadata"]["labels"], {"team": "x", **selector})
        self.assertEqual(selector["app.kubernetes.io/component"], "gateway")

    def test_probes_resources_and_replicas_can_be_set(self):
        chart = render(with_main(replicas=7, probes={"startup": {"failureThreshold": 9}},
                                 resources={"limits": {"memory": "2Gi"}}))
        self.assertEqual(chart.get("Deployment")["spec"]["replicas"], 7)
        self.assertEqual(chart.container()["startupProbe"]["failureThreshold"], 9)
        self.assertEqual(chart.container()["startupProbe"]["periodSeconds"], 1)
        self.assertEqual(chart.container()["resources"]["limits"]["memory"], "2Gi")

    def test_globals_of_a_parent_chart_are_let_in(self):
        self.assertEqual(render(with_main(**{"global": {"any": {"thing": 1}}})).kinds(),
                         render(MAIN).kinds())


class Image(unittest.TestCase):
    def test_the_tag_is_that_of_the_chart(self):
        version = [line.split()[1] for line in (CHART / "Chart.yaml").read_text().splitlines()
                   if line.startswith("appVersion:")]
        self.assertEqual(render(MAIN).container()["image"], f"localhost/sluice:{version[0]}")

    def test_tag_and_digest_can_be_set(self):
        digest = "sha256:" + "0" * 64
        for image, expected in (({"repository": "r.example.com/s", "tag": "1"}, "r.example.com/s:1"),
                                ({"tag": "1", "digest": digest}, f"localhost/sluice@{digest}")):
            with self.subTest(image=image):
                chart = render(with_main(image={**image, "pullPolicy": "Always"}))
                self.assertEqual(chart.container()["image"], expected)
                self.assertEqual(chart.container()["imagePullPolicy"], "Always")


class Names(unittest.TestCase):
    def test_names_fit_and_can_be_chosen(self):
        for release, values, expected in (
                ("sluice", {}, "sluice"), ("live", {}, "live-sluice"), ("live", {"nameOverride": "g"}, "live-g"),
                ("live", {"fullnameOverride": "gate"}, "gate"), ("r" * 53, {}, "r" * 52)):
            with self.subTest(release=release, values=values):
                chart = render(with_main(**values), release=release)
                self.assertEqual(chart.get("Service", expected)["metadata"]["name"], expected)
                self.assertLessEqual(len(expected + "-ops"), 63)

    def test_an_account_that_exists_can_be_used(self):
        chart = render(with_main(serviceAccount={"create": False, "name": "old"}))
        self.assertEqual(chart.pod()["spec"]["serviceAccountName"], "old")
        self.assertNotIn("ServiceAccount/old", chart.kinds())

    def test_an_account_can_be_named_and_annotated(self):
        account = {"name": "new", "annotations": {"a": "b"}}
        made = render(with_main(serviceAccount=account)).get("ServiceAccount", "new")
        self.assertEqual(made["metadata"]["annotations"], {"a": "b"})


class Outside(unittest.TestCase):
    def test_there_is_no_ingress_unless_asked_for(self):
        self.assertNotIn("Ingress/live-sluice", render(MAIN).kinds())

    def test_the_ingress_leads_to_the_browsers_port(self):
        ingress = render(with_main(ingress={
            "enabled": True, "className": "nginx", "hosts": ["a.example.com"], "paths": ["/x.v1.Y"],
            "tlsSecret": "cert", "annotations": {"a": "b"}})).get("Ingress")
        self.assertEqual(ingress["metadata"]["annotations"], {"a": "b"})
        self.assertEqual(ingress["spec"], {
            "ingressClassName": "nginx", "tls": [{"secretName": "cert", "hosts": ["a.example.com"]}],
            "rules": [{"host": "a.example.com", "http": {"paths": [{
                "path": "/x.v1.Y", "pathType": "Prefix",
                "backend": {"service": {"name": "live-sluice", "port": {"name": "http"}}}}]}}]})

    def test_services_can_be_set(self):
        chart = render(with_main(service={"type": "LoadBalancer", "port": 8080, "annotations": {"a": "b"}},
                                 opsService={"port": 9100, "annotations": {"c": "d"}}))
        service, ops = chart.get("Service"), chart.get("Service", "live-sluice-ops")
        self.assertEqual((service["spec"]["type"], service["spec"]["ports"][0]["port"]), ("LoadBalancer", 8080))
        self.assertEqual(service["metadata"]["annotations"], {"a": "b"})
        self.assertEqual(ops["spec"]["ports"][0]["port"], 9100)
        self.assertEqual(ops["metadata"]["annotations"], {"c": "d"})


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chart = render({"demo": {"enabled": True}})

    def test_it_is_off_unless_asked_for(self):
        self.assertNotIn("Deployment/live-sluice-demo", render(MAIN).kinds())

    def test_the_gateway_is_connected_to_it(self):
        configuration = self.chart.configuration()
        port = self.chart.get("Service", "live-sluice-demo")["spec"]["ports"][0]
        self.assertEqual(configuration["upstreams"],
                         {"demo": {"target": f"dns:///live-sluice-demo:{port['port']}"}})
        self.assertEqual(configuration["cors"],
                         {"origins": ["http://127.0.0.1:8081"], "credentials": True})

    def test_it_stands_beside_upstreams_of_ones_own(self):
        configuration = render(with_main(demo={"enabled": True})).configuration()
        self.assertEqual(set(configuration["upstreams"]), {"main", "demo"})

    def test_cors_of_ones_own_is_kept(self):
        cors = {"origins": ["https://app.example.com"]}
        chart = render({"demo": {"enabled": True}, "config": {"cors": cors}})
        self.assertEqual(chart.configuration()["cors"], cors)

    def test_its_pods_are_restricted_and_not_selected_as_gateways(self):
        pod = self.chart.pod("live-sluice-demo")
        self.assertEqual(pod["spec"]["securityContext"], self.chart.pod()["spec"]["securityContext"])
        self.assertEqual(self.chart.container("live-sluice-demo")["securityContext"],
                         self.chart.container()["securityContext"])
        self.assertEqual(pod["metadata"]["labels"]["app.kubernetes.io/component"], "demo")

    def test_services_lead_to_its_ports(self):
        container = self.chart.container("live-sluice-demo")
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        self.assertIn(f"--listen=0.0.0.0:{ports['grpc']}", container["args"])
        self.assertIn(f"--page-listen=0.0.0.0:{ports['page']}", container["args"])

    def test_origins_can_be_set(self):
        chart = render({"demo": {"enabled": True, "gatewayOrigin": "https://g.example.com",
                                 "pageOrigin": "https://p.example.com"}})
        self.assertIn("--gateway=https://g.example.com", chart.container("live-sluice-demo")["args"])
        self.assertEqual(chart.configuration()["cors"]["origins"], ["https://p.example.com"])

    def test_the_page_finds_the_base_path(self):
        chart = render({"demo": {"enabled": True}, "config": {"base_path": "/api"}})
        self.assertIn("--gateway=http://127.0.0.1:8080/api", chart.container("live-sluice-demo")["args"])
        self.assertEqual(chart.configuration()["base_path"], "/api")


class Notes(unittest.TestCase):
    def notes(self, *flags):
        """Helm shows them where there is a cluster only; so here they become part of a manifest."""
        with tempfile.TemporaryDirectory() as folder:
            chart = Path(folder) / "sluice"
            shutil.copytree(CHART, chart)
            text = (chart / "templates/NOTES.txt").read_text(encoding="utf-8")
            (chart / "templates/_notes.tpl").write_text(f'{{{{- define "notes" -}}}}\n{text}{{{{- end -}}}}\n')
            (chart / "templates/notes.yaml").write_text(
                'kind: Notes\nmetadata: {name: notes}\ntext: |-\n  {{- include "notes" . | nindent 2 }}\n')
            said = helm("template", "live", chart, "--namespace", "streams", *flags)
        return Manifests(said).get("Notes", "notes")["text"]

    def test_they_have_the_first_curl_line(self):
        said = self.notes("--set", "demo.enabled=true")
        self.assertIn("kubectl --namespace streams port-forward service/live-sluice 8080:80 &", said)
        self.assertIn("curl -N 'http://127.0.0.1:8080/demo.v1.Clock/Watch'", said)
        self.assertIn("port-forward service/live-sluice-demo 8081:8081 &", said)

    def test_they_say_where_to_find_the_methods(self):
        said = self.notes("--set", "upstreams.main.target=dns:///demo:50051")
        self.assertIn("    main: dns:///demo:50051\n", said)
        self.assertIn("curl -N 'http://127.0.0.1:8080/PACKAGE.SERVICE/METHOD'", said)
        self.assertIn("port-forward service/live-sluice-ops 9090:9090 &", said)

    def test_they_know_the_ingress(self):
        said = self.notes("--set", "demo.enabled=true,ingress.enabled=true,ingress.tlsSecret=x,"
                          "ingress.hosts={a.example.com}")
        self.assertIn("curl -N 'https://a.example.com/demo.v1.Clock/Watch'", said)
        self.assertNotIn("port-forward service/live-sluice 8080", said)


class Text(unittest.TestCase):
    def test_the_same_values_give_the_same_text(self):
        self.assertEqual(render_text(MAIN), render_text(MAIN))


if __name__ == "__main__":
    unittest.main()
