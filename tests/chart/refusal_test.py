# SPDX-License-Identifier: Apache-2.0
"""Values that cannot work, and the sentence that says what to write."""

import unittest

from chart import MAIN, refusal, render, with_main

DESCRIPTOR = "/etc/sluice-descriptors/a.binpb"


class Sentences(unittest.TestCase):
    """Each is found by the templates; the sentence is a promise."""

    def assert_says(self, sentence, values, *flags):
        said = refusal(values, *flags)
        self.assertIn(f"  - {sentence}\n", said)

    def test_nothing_to_serve(self):
        self.assert_says("there is nothing to serve; write upstreams.main.target=dns:///SERVICE:PORT, or "
                         "demo.enabled=true for a first look", {})

    def test_an_upstream_without_a_port(self):
        for target in ("dns:///shop", "shop", "dns:///shop:", "shop:grpc"):
            with self.subTest(target=target):
                bare = target.rstrip(":")
                self.assert_says(f"upstreams.main.target is {target}, which has no port; write {bare}:PORT, "
                                 "as in dns:///shop:50051", {}, "--set", f"upstreams.main.target={target}")

    def test_targets_that_need_no_port_are_let_in(self):
        for target in ("unix:/run/shop.sock", "unix-abstract:shop", "xds:///shop", "[::1]:50051"):
            with self.subTest(target=target):
                values = {"upstreams": {"main": {"target": target}}}
                self.assertEqual(render(values).configuration()["upstreams"]["main"]["target"], target)

    def test_an_upstream_without_a_target(self):
        self.assert_says("upstreams.main has no target; write upstreams.main.target=dns:///SERVICE:PORT",
                         {"upstreams": {"main": {}}})

    def test_names_and_selectors_that_the_gateway_would_refuse(self):
        self.assert_says('upstreams: the name "my shop" is not allowed; write 1 to 63 letters, digits, -, _ or .',
                         {"upstreams": {"my shop": {"target": "a:1"}}})
        for selector in ("a.v1*", "a..b", "", "*.b", "a.v1.", "a b"):
            with self.subTest(selector=selector):
                self.assert_says(f'routes: "{selector}" selects nothing; write a package, service or method, or '
                                 "a prefix and .*, as in shop.v1.*", with_main(routes={selector: {}}))

    def test_an_upstream_that_is_given_twice(self):
        self.assert_says("upstreams.main is also in config.upstreams; remove one of the two",
                         with_main(config=MAIN))

    def test_an_upstream_called_as_the_demos(self):
        self.assert_says("upstreams.demo: demo.enabled=true adds an upstream of this name; give yours "
                         "another name", {"demo": {"enabled": True}, "upstreams": {"demo": {"target": "a:1"}}})

    def test_descriptors_without_a_config_map(self):
        self.assert_says(f"upstreams.main.schema.descriptor_set names {DESCRIPTOR}, but there is no such "
                         "folder; write descriptors.configMap=NAME of the ConfigMap that has the file",
                         {"upstreams": {"main": {"target": "a:1", "schema": {"descriptor_set": [DESCRIPTOR]}}}})

    def test_a_config_map_of_descriptors_that_nobody_reads(self):
        self.assert_says("descriptors.configMap is given, but no upstream reads from it; write "
                         f"upstreams.NAME.schema.descriptor_set: [/etc/sluice-descriptors/FILE]",
                         with_main(descriptors={"configMap": "shop"}))

    def test_addresses_in_the_configuration(self):
        self.assert_says("config.listen is the chart's: pods listen on 0.0.0.0:8080; write service.port for "
                         "the port of the Service", with_main(config={"listen": "0.0.0.0:80"}))
        self.assert_says("config.ops is the chart's: probes need 0.0.0.0:9090; write opsService.port for "
                         "the port of the Service", with_main(config={"ops": {"listen": "127.0.0.1:9090"}}))

    def test_drain_in_the_configuration(self):
        self.assert_says("config.drain: write drain.delay and drain.window, from which "
                         "terminationGracePeriodSeconds is computed as well",
                         with_main(config={"drain": {"delay": "1s"}}))

    def test_variables_behind_the_back_of_the_chart(self):
        for variable, instead in (("SLUICE_LISTEN", "service.port"), ("SLUICE_OPS_LISTEN", "opsService.port"),
                                  ("SLUICE_DRAIN_DELAY", "drain.delay"), ("SLUICE_DRAIN_WINDOW", "drain.window")):
            with self.subTest(variable=variable):
                self.assert_says(f"extraEnv has {variable}, behind the back of the chart; write {instead}",
                                 with_main(extraEnv=[{"name": variable, "value": "x"}]))

    def test_flags_behind_the_back_of_the_chart(self):
        for flag, instead in (("--config", "config"), ("--listen", "service.port"),
                              ("--ops-listen", "opsService.port")):
            for argument in (flag, f"{flag}=x"):
                with self.subTest(argument=argument):
                    self.assert_says(f"extraArgs has {flag}, behind the back of the chart; write {instead}",
                                     with_main(extraArgs=[argument]))

    def test_mounts_over_those_of_the_chart(self):
        for path in ("/etc/sluice", "/etc/sluice/", "/etc/sluice-descriptors"):
            with self.subTest(path=path):
                self.assert_says(f"extraVolumeMounts has {path}, which the chart mounts itself; choose "
                                 "another folder",
                                 with_main(extraVolumeMounts=[{"name": "x", "mountPath": path}]))

    def test_volumes_called_as_those_of_the_chart(self):
        self.assert_says("extraVolumes has config, a name that the chart uses itself; choose another",
                         with_main(extraVolumes=[{"name": "config", "emptyDir": {}}]))

    def test_an_ingress_without_a_host_and_hosts_without_an_ingress(self):
        self.assert_says("ingress.enabled without a host; write ingress.hosts: [stream.example.com]",
                         with_main(ingress={"enabled": True}))
        self.assert_says("ingress.hosts is given, but there is no Ingress; write ingress.enabled=true",
                         with_main(ingress={"hosts": ["a.example.com"]}))

    def test_annotations_of_an_account_that_is_not_made(self):
        self.assert_says("serviceAccount.annotations is given, but no account is made; write "
                         "serviceAccount.create=true, or annotate the account that exists",
                         with_main(serviceAccount={"create": False, "annotations": {"a": "b"}}))

    def test_all_problems_are_told_at_once(self):
        said = refusal({"upstreams": {"a": {"target": "a"}, "b": {}}, "config": {"listen": "x"},
                        "ingress": {"enabled": True}})
        self.assertEqual(said.count("\n  - "), 4)


class Schema(unittest.TestCase):
    """Typos and types, found before any template: the place and the wrong word are named."""

    def assert_names(self, place, wrong, values):
        said = refusal(values)
        self.assertIn("values don't meet the specifications of the schema", said)
        self.assertIn(f"at '{place}'", said)
        self.assertIn(wrong, said)

    def test_unknown_keys_are_refused_at_every_depth(self):
        for place, key, values in (
                ("", "upstream", {"upstream": {}}),
                ("/upstreams/main", "traget", {"upstreams": {"main": {"traget": "a:1"}}}),
                ("/routes/a.v1.*", "streem", {"routes": {"a.v1.*": {"streem": {}}}}),
                ("/routes/a.v1.*/stream", "heart_beat", {"routes": {"a.v1.*": {"stream": {"heart_beat": "1s"}}}}),
                ("/routes/a.v1.*", "selector", {"routes": {"a.v1.*": {"selector": "b"}}}),
                ("/config", "limit", {"config": {"limit": {}}}),
                ("/config/limits", "conections", {"config": {"limits": {"conections": 1}}}),
                ("/drain", "delays", {"drain": {"delays": "1s"}}),
                ("/image", "repo", {"image": {"repo": "x"}}),
                ("/service", "ports", {"service": {"ports": 1}}),
                ("/ingress", "host", {"ingress": {"host": "x"}}),
                ("/probes/readiness", "period", {"probes": {"readiness": {"period": 1}}}),
                ("/demo", "enable", {"demo": {"enable": True}})):
            with self.subTest(place=place, key=key):
                self.assert_names(place, f"additional properties '{key}' not allowed", with_main(**values)
                                  if "upstreams" not in values else values)

    def test_types_and_units_are_checked(self):
        for place, wrong, values in (
                ("/replicas", "got string, want integer", {"replicas": "two"}),
                ("/replicas", "got -1", {"replicas": -1}),
                ("/service/port", "maximum", {"service": {"port": 70000}}),
                ("/drain/delay", "got number, want string", {"drain": {"delay": 5}}),
                ("/drain/window", "does not match pattern", {"drain": {"window": "25"}}),
                ("/config/limits/body", "does not match pattern", {"config": {"limits": {"body": "1"}}}),
                ("/config/cors/origins", "got string, want array", {"config": {"cors": {"origins": "x"}}}),
                ("/extraEnv/0", "missing property 'name'", {"extraEnv": [{"value": "x"}]}),
                ("/service/type", "value must be one of", {"service": {"type": "External"}}),
                ("/image/digest", "does not match pattern", {"image": {"digest": "abc"}}),
                ("/demo/gatewayOrigin", "does not match pattern", {"demo": {"gatewayOrigin": "a.example.com"}}),
                ("/routes/a.v1.*/stream/share/slow", "value must be one of",
                 {"routes": {"a.v1.*": {"stream": {"share": {"slow": "NEVER"}}}}})):
            with self.subTest(place=place, wrong=wrong):
                self.assert_names(place, wrong, with_main(**values))


if __name__ == "__main__":
    unittest.main()
