"""doze's results where botocore has its own: endpoints, signatures, errors. See tools/aws_probe.cpp."""
import json
import os
import subprocess
from pathlib import Path

from sandbox import BINARY
from waiting import PATIENCE

PROBE = Path(os.environ.get("DOZE_AWS_PROBE", BINARY.parent / "tests" / "e2e" / "tools" / "aws_probe"))


def ask(questions):
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([PROBE], input=lines, capture_output=True, text=True, check=True, timeout=PATIENCE)
    return [json.loads(line) for line in done.stdout.split("\n") if line]
