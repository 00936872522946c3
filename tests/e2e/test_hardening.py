"""The program as the compiler and the linker made it: what makes a fault in it hard to use is there, or the build lost it.

Read from the ELF file itself, so that nothing besides Python is needed.
"""
import json
import os
import platform
import re
import struct
from pathlib import Path

import pytest
from sandbox import BINARY, ROOT

PT_DYNAMIC, PT_NOTE, PT_GNU_STACK, PT_GNU_RELRO = 2, 4, 0x6474E551, 0x6474E552
DT_STRTAB, DT_STRSZ, DT_TEXTREL, DT_BIND_NOW, DT_FLAGS, DT_FLAGS_1 = 5, 10, 22, 24, 30, 0x6FFFFFFB
DF_BIND_NOW, DF_1_NOW, DF_1_PIE = 8, 1, 0x08000000

pytestmark = pytest.mark.skipif("DOZE_HOSTILE_SECONDS" in os.environ, reason="a build under sanitizers is another one")


class Elf:
    """A 64-bit little-endian ELF file."""

    def __init__(self, path):
        self.data = path.read_bytes()
        assert self.data[:6] == b"\x7fELF\x02\x01"
        self.type = struct.unpack_from("<H", self.data, 16)[0]
        offset, size, count = struct.unpack_from("<Q", self.data, 32)[0], *struct.unpack_from("<HH", self.data, 54)
        # Type, flags, offset, virtual address, physical address, size in the file, size in memory, alignment.
        self.segments = [struct.unpack_from("<IIQQQQQQ", self.data, offset + size * i) for i in range(count)]

    def segment(self, kind):
        return next((segment for segment in self.segments if segment[0] == kind), None)

    def contents(self, segment):
        return self.data[segment[2]:segment[2] + segment[5]]

    def at(self, address):
        """Where a virtual address is in the file."""
        _, _, offset, start, *_ = next(each for each in self.segments if each[0] == 1 and each[3] <= address < each[3] + each[5])
        return offset + address - start

    def dynamic(self):
        return dict(struct.iter_unpack("<QQ", self.contents(self.segment(PT_DYNAMIC))))

    def imports(self):
        """Names in the table of dynamic strings: those of functions of other libraries among them."""
        start = self.at(self.dynamic()[DT_STRTAB])
        return set(re.findall(rb"[A-Za-z_][A-Za-z0-9_]*", self.data[start:start + self.dynamic()[DT_STRSZ]]))


@pytest.fixture(scope="module")
def elf():
    return Elf(BINARY)


def test_it_is_loaded_at_another_address_each_time(elf):
    assert elf.type == 3 and elf.dynamic().get(DT_FLAGS_1, 0) & DF_1_PIE


def test_what_is_linked_is_not_writable_later(elf):
    dynamic = elf.dynamic()
    assert elf.segment(PT_GNU_RELRO)
    assert dynamic.get(DT_FLAGS, 0) & DF_BIND_NOW or dynamic.get(DT_FLAGS_1, 0) & DF_1_NOW or DT_BIND_NOW in dynamic
    assert DT_TEXTREL not in dynamic


def test_nothing_writable_is_run(elf):
    stack = elf.segment(PT_GNU_STACK)
    assert stack and stack[1] & 1 == 0
    assert not any(kind == 1 and flags & 3 == 3 for kind, flags, *_ in elf.segments)


def test_the_stack_is_watched_and_lengths_are_checked(elf):
    imports = elf.imports()
    assert b"__stack_chk_fail" in imports
    assert {name for name in imports if name.startswith(b"__") and name.endswith(b"_chk")}, "nothing was fortified"


def test_the_library_checks_what_it_is_asked(elf):
    """-D_GLIBCXX_ASSERTIONS: an index beyond the end ends the program instead of reading there."""
    assert any(b"glibcxx_assert_fail" in name for name in elf.imports())


@pytest.mark.skipif(platform.machine() != "x86_64", reason="Intel's and AMD's")
def test_jumps_go_where_they_may_and_returns_come_back(elf):
    """CET: the property of GNU that says so, and the landing places that the compiler put there."""
    features = 0
    for segment in elf.segments:
        if segment[0] != PT_NOTE:
            continue
        note = elf.contents(segment)
        # Types of GNU_PROPERTY_X86_FEATURE_1_AND: its size is 4.
        for found in re.finditer(re.escape(struct.pack("<II", 0xC0000002, 4)), note):
            features |= struct.unpack_from("<I", note, found.end())[0]
    assert features & 1 and features & 2, "neither IBT nor SHSTK, or only one"
    assert elf.data.count(b"\xf3\x0f\x1e\xfa") > 1000


def test_a_large_stack_frame_is_touched_page_by_page():
    """-fstack-clash-protection leaves no mark in the file; what the build was told is what is known."""
    commands = BINARY.parents[0] / "compile_commands.json"
    if not commands.exists():
        pytest.skip("this binary was not built here")
    # Unity builds compile files of the build folder, and so is what is generated.
    folders = (commands.parent / "src", ROOT / "src")
    ours = [each for each in json.loads(commands.read_text(encoding="utf-8"))
            if any(Path(each["file"]).is_relative_to(folder) for folder in folders)]
    assert ours
    assert not [each["file"] for each in ours if "-fstack-clash-protection" not in each["command"]]
