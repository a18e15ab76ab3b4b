"""Kill a practice at work, or cut its power, again and again; count what an answer lost.

    python tests/soak/cycles.py --kills 1000 --cuts 200 --controls 20

A writer says an id only after the action that keeps the answers has returned. Then all writers get
SIGKILL, the practice is opened again, and everything that was said must be there, once and whole,
with its flag. For a power cut what is opened is the shadow folder of ``shadow.c``: what was synced.
New clients are cut off too: their keys lie in a file of their own. Controls, with a defect planted
into the writers alone, must be seen to fail; else the measurement is blind.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK_MS = (5, 120)
CHECK_INS = 240  # open ones in the practice; a writer that ran out of its share waits for its end
WRONG = ("lost", "doubled", "partial", "no_flag", "no_answers", "damaged")
HALVES = ("partial", "no_flag")


@dataclass(frozen=True)
class Trial:
    """One way to end a practice at work; ``runs`` names the argument that asks for it.

    A control has a defect planted, and the counts in ``shown_by`` must show it.
    """

    name: str
    runs: str
    writers: int
    cut: bool = False
    defect: str | None = None
    shown_by: tuple[str, ...] = ()
    work: str = "received"  # what writers do: "received" a check-in or "enrolled" a client


@dataclass(frozen=True)
class Stint:
    """How long writers work: from the first answer kept, or (cold) from the first statement.

    With few ``pages`` the write-ahead log is written back and begun anew all the time, as after
    hours of work; SQLite's own number is 1000.
    """

    seconds: float
    cold: bool
    pages: int


TRIALS = (
    Trial("kill", "kills", 8),
    Trial("control: no transaction", "kills", 1, False, "no-transaction", HALVES),
    Trial("power cut", "cuts", 1, True),
    Trial("control: synchronous=NORMAL", "cuts", 1, True, "synchronous-normal", ("lost",)),
    Trial("power cut, new clients", "cuts", 1, True, work="enrolled"),
    Trial("control: keys not synced", "cuts", 1, True, "keys-off", ("lost",), work="enrolled"),
)


def main():
    """Run what was asked for; the exit code says whether every promise held."""
    asked = _asked()
    if "SOAK_INSIDE" not in os.environ:
        sys.exit(_inside_prepared_environment())
    import django

    django.setup()
    with tempfile.TemporaryDirectory(prefix="rapport-soak-") as folder:
        counts = _all_of(asked, Path(folder).resolve())
    broken = list(_broken(counts))
    print(*_table(counts, asked.seed), *broken, sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps(counts), "utf-8")
    sys.exit(1 if broken else 0)


def _asked():
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in {"kills": 20, "cuts": 6, "controls": 12}.items():
        given = int(os.environ.get(f"SOAK_{name.upper()}", default))
        told.add_argument(f"--{name}", type=int, default=given)
    told.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    told.add_argument("--json", type=Path, help="where the counts go, too")
    return told.parse_args()


def _inside_prepared_environment():
    """This program once more, with a practice's settings and the wrapped fsync."""
    compiler = sys.platform == "linux" and (shutil.which("cc") or shutil.which("gcc"))
    with tempfile.TemporaryDirectory() as folder:
        known = {
            "SOAK_INSIDE": "yes",
            "PYTHONPATH": str(ROOT / "tests/web"),
            "DJANGO_SETTINGS_MODULE": "rapport.web.site.settings",
            "RAPPORT_HOME": ".",  # each process moves into the folder of its practice
            "RAPPORT_SECRET_KEY": "signs nothing but this measurement, and is long enough",
            "RAPPORT_PRACTICE_KEY": bytes(range(32)).hex(),
            "OMP_NUM_THREADS": "1",
        }
        if compiler:
            known["LD_PRELOAD"] = str(_compiled(compiler, Path(folder)))
        left = {name: value for name, value in os.environ.items() if "RAPPORT" not in name}
        return subprocess.run([sys.executable, *sys.argv], env=left | known, check=False).returncode


def _compiled(compiler, folder):
    library = folder / "shadow.so"
    flags = ["-O1", "-Wall", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, "-o", library, HERE / "shadow.c", "-ldl"], check=True)
    return library


def _all_of(asked, folder):
    import practice

    template = folder / "template"
    template.mkdir()
    known = practice.made(template, CHECK_INS)
    chance = random.Random(asked.seed)
    counts = {}
    for kind in TRIALS:
        runs = asked.controls if kind.defect else getattr(asked, kind.runs)
        if not getattr(asked, kind.runs):
            continue
        if kind.cut and "LD_PRELOAD" not in os.environ:
            print(f"NOT RUN: {kind.name} needs Linux and a C compiler (cc or gcc)")
            continue
        counts[kind.name] = _cycles(kind, runs, template, known, chance)
    return counts


def _cycles(kind, runs, template, known, chance):
    total = Counter(dict.fromkeys(("runs", "acknowledged", "whole", *WRONG), 0))
    for run in range(runs):
        stint = Stint(
            seconds=chance.uniform(*WORK_MS) / 1000,
            cold=run % 4 == 3,
            pages=40 if run % 2 and not kind.defect else 1000,
        )
        total.update(_cycle(kind, template, known, stint))
        total["runs"] += 1
    return dict(total)


def _cycle(kind, template, known, stint):
    """Work, end, open again, look."""
    live, shadow = template.parent / "live", template.parent / "shadow"
    for copy in (live, shadow):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(template, copy)
    if kind.cut:
        os.environ |= {"SOAK_LIVE": str(live), "SOAK_SHADOW": str(shadow)}
    said = _worked_and_killed(kind, live, known, stint)
    for name in ("SOAK_LIVE", "SOAK_SHADOW"):
        os.environ.pop(name, None)
    seen = _seen_after(kind, shadow if kind.cut else live, known, said)
    return {"acknowledged": len(said)} | seen


def _worked_and_killed(kind, live, known, stint):
    """Let writers work until they are killed; gives the ids that they said were kept."""
    said, say = os.pipe()
    start, hold = os.pipe()
    pids = []
    for writer in range(kind.writers):
        share = known["occasions"][writer :: kind.writers]
        work = partial(_write, kind, stint, live, known, share, say=say, start=start, hold=hold)
        pids.append(_forked(work))
    os.close(start)
    os.close(say)
    with os.fdopen(said, "r", encoding="ascii") as lines:
        if any(lines.readline() != "ready\n" for _ in pids):
            raise RuntimeError("a writer did not come up")
        os.close(hold)
        first = "" if stint.cold else lines.readline()
        time.sleep(stint.seconds)
        _kill(pids)
        return {*first.split(), *lines.read().split()}


def _kill(pids):
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    if any(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != -signal.SIGKILL for pid in pids):
        raise RuntimeError("a writer ended before it was killed")


def _write(kind, stint, live, known, share, *, say, start, hold):
    """What a writer does: one thing after the other, each said aloud once it is kept."""
    import practice

    from rapport.web.core.access import inside

    os.close(hold)
    os.chdir(live)
    practice.prepared(kind.defect, stint.pages)
    os.write(say, b"ready\n")
    os.read(start, 1)
    with inside(UUID(known["practice"])):
        for occasion in share:
            done = practice.WORK[kind.work](known, occasion)
            os.write(say, f"{done}\n".encode())
    signal.pause()


def _seen_after(kind, folder, known, acknowledged):
    """Look in a process of its own, which holds nothing from before."""
    told, tell = os.pipe()

    def look():
        import practice

        os.chdir(folder)
        looked_at = practice.LOOK[kind.work]
        seen = looked_at(known, acknowledged)
        if kind.defect is None:
            again = looked_at(known, practice.gone_on(kind.work, known, acknowledged))
            seen |= {name: seen[name] + again[name] for name in WRONG}
        os.write(tell, json.dumps(seen).encode())

    pid = _forked(look)
    os.close(tell)
    with os.fdopen(told, "r", encoding="utf-8") as answer:
        seen = answer.read()
    if os.waitpid(pid, 0)[1] or not seen:
        raise RuntimeError(f"the practice in {folder} could not be looked at")
    return json.loads(seen)


def _forked(work):
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _broken(counts):
    """What was promised and did not hold, in words; a control that saw nothing is one of them."""
    for kind in TRIALS:
        count = counts.get(kind.name)
        if count is None or not count["runs"]:
            continue
        if kind.defect and not sum(count[wrong] for wrong in kind.shown_by):
            yield f"{kind.name}: the planted defect was not seen, so the measurement is blind"
        if not kind.defect and any(count[wrong] for wrong in WRONG):
            yield f"{kind.name}: a promise did not hold"


def _table(counts, seed):
    columns = ("runs", "acknowledged", "whole", *WRONG)
    yield f"SIGKILL {WORK_MS[0]}-{WORK_MS[1]} ms after the first answer was kept; seed {seed}"
    yield f"{'':28}" + "".join(f"{column:>13}" for column in columns)
    for name, count in counts.items():
        yield f"{name:28}" + "".join(f"{count[column]:13,}" for column in columns)


if __name__ == "__main__":
    main()
