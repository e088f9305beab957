"""`python -m tests.faults [NAME…]`: the proofs at full scale, one after the other, and one table of what they showed."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from tests.faults import PROOFS
from tests.faults.report import LIMIT, Proof
from tests.house import ROOT


def main(names: Sequence[str], run: Callable[[str], Proof]) -> int:
    """1 if one of them does not hold."""
    proofs = [run(name) for name in names or PROOFS]
    print("\n| proof | what was done | figures | verdict |\n|---|---|---|---|")
    for proof in proofs:
        print(f"| {proof.name} | {proof.done} | {proof.told} | {proof.verdict} |")
    return 0 if all(proof.holds for proof in proofs) else 1


def in_a_process(name: str) -> Proof:
    """In a process of its own, so that what hangs can be ended."""
    print(f"── tests.faults.{name}", flush=True)
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.faults.{name}", "--full", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        out, told = process.communicate(timeout=LIMIT + 30)
    except subprocess.TimeoutExpired:
        process.kill()  # everything it started goes with it
        out, told = process.communicate()
    print(f"   {time.monotonic() - began:.0f} s, exit code {process.returncode}", flush=True)
    try:
        return Proof(**json.loads(out.splitlines()[-1]))
    except (IndexError, ValueError):
        print(told[-3000:], flush=True)
        return Proof(name, "did not end", broken=[(told.splitlines() or ["no word"])[-1][:200]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], in_a_process))
