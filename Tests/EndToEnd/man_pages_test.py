"""The manual pages tell every flag, command, exit code and configuration key, and are free of faults."""

import re
import shutil
import subprocess
import unittest

from relay_stack import BIN, REPOSITORY

PAGES = REPOSITORY / "systemd/man"
PROGRAMS = {"alongsided": "alongsided.8", "alongside": "alongside.1", "alongside-audit": "alongside-audit.1"}
EXAMPLE = REPOSITORY / "systemd/alongsided.toml"


def text_of(page):
    return (PAGES / page).read_text()


def help_of(*command):
    """What a program says of itself, or of one of its commands."""
    words = ["help", *command[1:]] if len(command) > 1 else ["--help"]
    return subprocess.run([str(BIN / command[0]), *words], capture_output=True, text=True, check=True).stdout


def commands(*command):
    """Every command of a program that does something by itself, as the words after its name."""
    listed = help_of(*command).partition("SUBCOMMANDS:\n")[2]
    names = re.findall(r"^  ([a-z][a-z, -]*?)(?:  +|$)", listed.partition("\n\n")[0], re.MULTILINE)
    if not names:
        return [command[1:]]
    return [leaf for name in names for leaf in commands(*command, name.split(",")[0])]


def flags(*command):
    """Every long flag that the help of a command names among its options."""
    return set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", help_of(*command).partition("OPTIONS:")[2], re.MULTILINE))


def statuses(page):
    """The numbers under EXIT STATUS."""
    section = re.search(r"\.Sh EXIT STATUS\n(.*?)\.Sh", text_of(page), re.DOTALL)[1]
    return {int(number) for number in re.findall(r"^\.It (\d+)$", section, re.MULTILINE)}


class ManPages(unittest.TestCase):
    def test_every_command_and_flag_stands_there(self):
        for program, page in PROGRAMS.items():
            told = text_of(page)
            for command in commands(program):
                entry = told
                if command:
                    start = told.find(f".It Cm {' '.join(command)} ")
                    self.assertGreaterEqual(start, 0, f"{page}: no command {' '.join(command)}")
                    entry = told[start : told.index("\n.It", start)] + told[: told.index(".Sh COMMANDS")]
                for flag in flags(program, *command):
                    self.assertRegex(entry, rf"Fl (?:\w \| )?-{flag}\b|Fl \w , Fl -{flag}\b", f"{page}: --{flag}")

    def test_every_exit_code_stands_there(self):
        for program in ("alongsided", "alongside-audit"):
            words = " ".join(help_of(program).split())
            codes = re.search(r"Exit codes: (.*?)\. ", words)[1]
            self.assertEqual(statuses(PROGRAMS[program]), {int(n) for n in re.findall(r"(?:^|, )(\d+) ", codes)})
        source = (REPOSITORY / "Sources/RepRuntime/RepProgram.swift").read_text()
        codes = " ".join(re.search(r"returns the exit code: (.*?)\.", source, re.DOTALL)[1].split())
        codes += " ".join(help_of("alongside", "masklint").partition("Exit codes:")[2].partition("USAGE")[0].split())
        codes = {int(number) for number in re.findall(r"(\d+) ", codes)}
        self.assertEqual(statuses("alongside.1"), codes)

    def test_every_configuration_key_stands_there(self):
        told = text_of("alongsided.toml.5")
        keys = re.findall(r"^(?:# )?(\w+) = ", EXAMPLE.read_text(), re.MULTILINE)
        self.assertGreater(len(keys), 80)
        for key in keys:
            self.assertRegex(told, rf"(?m)^\.It Cm (?:\w+ , )?{key}\b", f"alongsided.toml(5): {key}")
        done = subprocess.run([str(PAGES / "limits.py"), "--check"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipUnless(shutil.which("mandoc") and shutil.which("man"), "mandoc and man are not installed")
    def test_the_pages_are_free_of_faults(self):
        for page in sorted(PAGES.glob("*.[158]")):
            for command in (["mandoc", "-T", "lint", "-W", "warning"], ["man", "--warnings", "-l"]):
                done = subprocess.run([*command, str(page)], capture_output=True, text=True)
                said = [
                    line for line in done.stderr.splitlines() + done.stdout.splitlines() if "mandoc.db" not in line
                ]
                faults = said if command[0] == "mandoc" else done.stderr.splitlines()
                self.assertEqual(faults, [], f"{page.name}: {command[0]}")


if __name__ == "__main__":
    unittest.main()
