"""Breaks each rule of scripts/check_includes.py once, in a small tree of its own."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
import check_includes  # noqa: E402


class CheckIncludes(unittest.TestCase):
    def offences(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                file = Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            return check_includes.check(folder)

    def assert_one(self, files, words):
        offences = self.offences(files)
        self.assertEqual(len(offences), 1, offences)
        self.assertIn(words, offences[0])

    def test_takes_what_the_table_allows(self):
        self.assertEqual(self.offences({
            "base/ids.hpp": "#include <string>\n",
            "core/event.hpp": '#include "base/ids.hpp"\n',
            "adapters/aws/kinds/ec2.cpp": '#include "core/event.hpp"\n#include <pugixml.hpp>\n',
            "app/daemon/main.cpp": '#include "core/event.hpp"\n#include "base/ids.hpp"\n',
        }), [])

    def test_refuses_core_to_outside(self):
        self.assert_one({"adapters/http/client.hpp": "", "core/reconcile/reconcile.cpp": '\n#include "adapters/http/client.hpp"\n'},
                        "src/core/reconcile/reconcile.cpp:2: core may not include adapters/http")

    def test_refuses_adapter_to_adapter(self):
        self.assert_one({"adapters/http/client.hpp": "", "adapters/aws/kinds/ec2.cpp": '#include "adapters/http/client.hpp"\n'},
                        "adapters/aws/kinds may not include adapters/http")

    def test_refuses_a_header_that_is_private_to_its_folder(self):
        self.assert_one({"core/reconcile/reconciler.hpp": "", "core/reconcile/waking.cpp": '#include "core/reconcile/reconciler.hpp"\n',
                         "core/engine.cpp": '#include "core/reconcile/reconciler.hpp"\n'},
                        "src/core/engine.cpp:1: core/reconcile/reconciler.hpp is private to its folder")

    def test_refuses_curl_outside_http(self):
        self.assert_one({"adapters/aws/client/client.cpp": "#include <curl/curl.h>\n"}, "only adapters/http may include <curl/curl.h>")

    def test_takes_a_library_in_each_of_its_folders_only(self):
        self.assert_one({"adapters/keyring/a.cpp": "#include <sdbus-c++/sdbus-c++.h>\n",
                         "adapters/dbus/b.cpp": "#include <sdbus-c++/sdbus-c++.h>\n",
                         "app/daemon/c.cpp": "#include <sdbus-c++/sdbus-c++.h>\n"},
                        "only adapters/dbus and adapters/desktop and adapters/keyring may include <sdbus-c++/sdbus-c++.h>")

    def test_refuses_clocks_and_sockets_in_the_core(self):
        self.assert_one({"core/engine.cpp": "#include <boost/asio/ip/udp.hpp>\n"}, "core is pure")

    def test_refuses_json_in_the_commands(self):
        self.assert_one({"commands/holds.cpp": "#include <boost/json/value.hpp>\n"}, "commands are typed")

    def test_refuses_a_circle_of_files(self):
        self.assert_one({"core/a.hpp": '#include "core/b.hpp"\n', "core/b.hpp": '#include "core/a.hpp"\n'},
                        "files include each other in a circle: core/a.hpp -> core/b.hpp -> core/a.hpp")

    def test_refuses_a_circle_of_folders(self):
        offences = self.offences({"base/a.hpp": '#include "core/b.hpp"\n', "core/b.hpp": "",
                                  "core/c.hpp": '#include "base/d.hpp"\n', "base/d.hpp": ""})
        self.assertTrue(any("folders include each other in a circle" in one for one in offences), offences)

    def test_refuses_folders_without_a_subject(self):
        self.assertTrue(any("named after its subject" in one
                            for one in self.offences({"core/utils/strings.hpp": ""})))

    def test_refuses_folders_that_it_does_not_know(self):
        self.assert_one({"stray/x.cpp": ""}, "not in the table")

    def test_refuses_paths_that_do_not_begin_at_src(self):
        self.assert_one({"core/a.hpp": "", "core/reconcile/b.cpp": '#include "../a.hpp"\n'}, "no path from src/ on")


if __name__ == "__main__":
    unittest.main()
