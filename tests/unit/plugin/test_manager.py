"""Loading: a plugin that breaks its contract is listed with the reason, named, and hurts no other."""

from __future__ import annotations

import pytest

from jesignd.errors import NotFound, PluginError, SettingsError
from jesignd.plugin.installed import Installed, installed_plugins, one_file_plugin
from jesignd.plugin.manager import Plugins
from jesignd.plugin.neutral import Neutral
from jesignd.plugin.options import read_options

HEAD = """
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl
from jesignd.domain.documents import DocumentKind
from jesignd.domain.recognition import Doubtful
from jesignd.errors import Code, Words

class Mine(Connector):
    manifest = Manifest("mine", Words("a", "a"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "docs")
    def recognise(self, bundle, options):
        return Doubtful(Code.AMBIGUOUS, Words("a", "a"))
"""
NEUTRAL = Installed("neutral", "jesignd.plugin.neutral", None, "jesignd")


@pytest.fixture
def plugin(tmp_path):
    tmp_path.chmod(0o755)

    def write(body, name="mine"):
        path = tmp_path / f"{name}.py"
        path.write_text(body)
        path.chmod(0o644)
        return one_file_plugin(path)

    return write


def load(*plugins):
    return Plugins.load((NEUTRAL, *plugins))


def test_the_built_in_comes_first_and_others_are_found_by_entry_point():
    found = installed_plugins()

    assert found[0].name == "neutral"
    assert {"neutral", "quadra"} <= {plugin.name for plugin in found}
    assert Plugins.load(found).connector("quadra").manifest.name == "quadra"


def test_a_plugin_in_one_file_is_loaded(plugin):
    plugins = load(plugin(f"{HEAD}\n@hookimpl\ndef jesignd_connectors():\n    return [Mine()]\n"))

    assert plugins.connector("mine").manifest.title.fr == "a"
    assert plugins.broken == {}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("@hookimpl\ndef jesignd_conectors():\n    return [Mine()]\n", "jesignd_conectors"),
        ("def jesignd_connectors():\n    return [Mine()]\n", "hookimpl"),
        ("def jesignd_reconnaitre():\n    pass\n", "jesignd_reconnaitre"),
        ("@hookimpl\ndef jesignd_connectors(context):\n    return [Mine()]\n", "PluginValidationError"),
        ("raise RuntimeError('secret')\n", "RuntimeError"),
        ("raise SystemExit\n", "SystemExit"),
        ("def (\n", "SyntaxError"),
        ("import absent_module\n", "ModuleNotFoundError"),
        ("@hookimpl\ndef jesignd_connectors():\n    return 1 / 0\n", "ZeroDivisionError"),
        ("@hookimpl\ndef jesignd_connectors():\n    return None\n", "sequence"),
        ("@hookimpl\ndef jesignd_connectors():\n    return [3]\n", "inherits"),
        ("@hookimpl\ndef jesignd_connectors():\n    return [Mine]\n", "inherits"),
        ("Mine.manifest = None\n@hookimpl\ndef jesignd_connectors():\n    return [Mine()]\n", "manifest"),
        ("x = 1\n", "sequence"),
        (
            (
                "from dataclasses import replace\nMine.manifest = replace(Mine.manifest, api=2)\n"
                "@hookimpl\ndef jesignd_connectors():\n    return [Mine()]\n"
            ),
            "api 2",
        ),
        (
            (
                "from dataclasses import replace\nMine.manifest = replace(Mine.manifest, name='Mine!')\n"
                "@hookimpl\ndef jesignd_connectors():\n    return [Mine()]\n"
            ),
            "named",
        ),
        (
            (
                "from dataclasses import replace\nMine.manifest = replace(Mine.manifest, name='neutral')\n"
                "@hookimpl\ndef jesignd_connectors():\n    return [Mine()]\n"
            ),
            "neutral",
        ),
    ],
)
def test_a_broken_plugin_is_listed_with_the_reason_and_the_rest_live(plugin, body, said):
    plugins = load(plugin(HEAD + body))

    error = plugins.broken["mine"]
    assert error.plugin == "mine"
    assert said in error.message.en + str(error.hint)
    assert "mine" in error.message.fr
    assert "secret" not in error.message.en
    assert isinstance(plugins.connector("neutral"), Neutral)
    with pytest.raises(PluginError):
        plugins.connector("mine")


def test_a_misspelt_hook_comes_with_the_right_spelling(plugin):
    plugins = load(plugin(f"{HEAD}\n@hookimpl\ndef jesignd_conectors():\n    return [Mine()]\n"))

    assert "jesignd_connectors" in plugins.broken["mine"].hint.en


def test_an_unknown_connector_comes_with_the_nearest_name():
    with pytest.raises(NotFound) as caught:
        load().connector("neutre")

    assert "neutral" in caught.value.hint.en


def test_two_plugins_of_one_name_are_not_mixed(plugin):
    body = f"{HEAD}\n@hookimpl\ndef jesignd_connectors():\n    return [Mine()]\n"

    plugins = load(plugin(body), Installed("mine", "jesignd.plugin.neutral"))

    assert "mine" in plugins.broken


def test_a_file_in_a_data_folder_is_refused(tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "mine.py").write_text("")

    with pytest.raises(SettingsError, match="data folder"):
        one_file_plugin(exports / "mine.py", data_folders=[tmp_path])


def test_a_link_from_outside_to_a_data_folder_is_refused(tmp_path):
    exports, code = tmp_path / "exports", tmp_path / "code"
    exports.mkdir()
    code.mkdir()
    (exports / "mine.py").write_text("")
    (code / "mine.py").symlink_to(exports / "mine.py")

    with pytest.raises(SettingsError, match="data folder"):
        one_file_plugin(code / "mine.py", data_folders=[exports])


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o664, 0o755), (0o646, 0o755), (0o644, 0o777), (0o644, 0o775)])
def test_a_file_others_may_change_is_refused(tmp_path, file_mode, folder_mode):
    (tmp_path / "mine.py").write_text("")
    (tmp_path / "mine.py").chmod(file_mode)
    tmp_path.chmod(folder_mode)

    with pytest.raises(SettingsError, match="others may change"):
        one_file_plugin(tmp_path / "mine.py")


@pytest.mark.parametrize("name", ["mine.txt", "absent.py", "Mine.py", "a-b.py"])
def test_what_is_no_plugin_file_is_refused(tmp_path, name):
    if name != "absent.py":
        (tmp_path / name).write_text("")

    with pytest.raises(SettingsError):
        one_file_plugin(tmp_path / name)


def test_options_keep_their_defaults_and_take_their_types():
    options = read_options(Neutral(), (("index_required", "true"), ("names", '["a"]')))

    assert (options.index_required, options.names, options.sidecar_required) == (True, ("a",), False)


def test_every_wrong_option_is_told_with_the_nearest_name():
    with pytest.raises(SettingsError) as caught:
        read_options(Neutral(), (("index_requried", "true"), ("sidecar_required", '"oui"')))

    assert len(caught.value.faults) == 2
    assert "index_required" in caught.value.message.fr
    assert "sidecar_required" in caught.value.message.fr


def test_an_option_the_connector_itself_refuses_is_told():
    quadra = Plugins.load(installed_plugins()).connector("quadra")

    with pytest.raises(SettingsError, match="XX"):
        read_options(quadra, (("natures", '{"Bulletin": "XX"}'),))
