"""The systems, the environments that they run in, and one step of one of them as a process."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environment import ROOT

SCRIPTS = Path(__file__).with_name("peers")
REQUIREMENTS = SCRIPTS / "requirements"

STEP_LIMIT_S = 1800

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A system: its script, the environment that it shares with its variants, its options."""

    name: str
    script: str
    environment: str | None
    options: Mapping[str, Any] = field(default_factory=dict)


SANAD = Peer(name="Sanad", script="with_sanad.py", environment=None)

SYSTEMS = (
    SANAD,
    Peer(name="LlamaIndex + Qdrant", script="with_llamaindex.py", environment="llamaindex"),
    Peer(name="Haystack + Qdrant", script="with_haystack.py", environment="haystack"),
    Peer(name="txtai", script="with_txtai.py", environment="txtai"),
    Peer(
        name="txtai, hybrid",
        script="with_txtai.py",
        environment="txtai",
        options={"hybrid": True},
    ),
    Peer(name="sentence-transformers + numpy", script="with_numpy.py", environment="numpy"),
)


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Runs steps: which Python each system has, and what all jobs share."""

    pythons: Mapping[str, Path]
    folder: Path
    cache_dir: Path | None
    warm_up: Sequence[str]
    clients: int

    def prepare(self) -> Path:
        """Let Sanad unpack and prepare its model, once; the folder of the model."""
        job = {"action": "prepare", "work": str(self._work(SANAD, "prepare"))}
        return Path(self._run(SANAD, job)["model"])

    def run(
        self,
        peer: Peer,
        action: str,
        *,
        model: Path,
        documents: Path,
        questions: Sequence[str],
    ) -> dict[str, Any]:
        """One step; "index" begins with an empty working folder.

        Raises:
            SystemExit: the system failed, or took longer than STEP_LIMIT_S.
        """
        work = self._work(peer, documents.stem)
        if action == "index":
            shutil.rmtree(work)
            work.mkdir()
        job = {
            "action": action,
            "documents": str(documents),
            "questions": list(questions),
            "warm_up": list(self.warm_up),
            "model": str(model),
            "work": str(work),
            "options": dict(peer.options),
            "clients": self.clients,
        }
        result = self._run(peer, job)
        return result | {"disk_mb": folder_mb(work)}

    def _work(self, peer: Peer, name: str) -> Path:
        work = self.folder / f"{SYSTEMS.index(peer)}-{name}"
        work.mkdir(exist_ok=True)
        return work

    def _run(self, peer: Peer, job: dict[str, Any]) -> dict[str, Any]:
        job_file, result_file = self.folder / "job.json", self.folder / "result.json"
        result_file.unlink(missing_ok=True)
        job_file.write_text(json.dumps(job | {"result": str(result_file)}), encoding="utf-8")
        command = [str(self.pythons[peer.name]), str(SCRIPTS / peer.script), str(job_file)]
        log = self.folder / "log.txt"
        with log.open("wb") as lines:
            try:
                done = subprocess.run(
                    command,
                    env=self._environment(peer),
                    stdout=lines,
                    stderr=subprocess.STDOUT,
                    timeout=STEP_LIMIT_S,
                    check=False,
                )
            except subprocess.TimeoutExpired as exc:
                raise SystemExit(f"{peer.name}, {job['action']}: over {STEP_LIMIT_S} s") from exc
        if done.returncode != 0 or not result_file.exists():
            said = log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise SystemExit(f"{peer.name}, {job['action']}: status {done.returncode}\n{said}")
        result: dict[str, Any] = json.loads(result_file.read_text(encoding="utf-8"))
        return result

    def _environment(self, peer: Peer) -> dict[str, str]:
        """Without the user's PYTHONPATH; of Sanad with its settings and the project on it."""
        own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | OFFLINE
        if peer is not SANAD:
            return own
        own |= {"PYTHONPATH": str(ROOT), "SANAD_LOG_LEVEL": "warning"}
        return own | ({"SANAD_CACHE_DIR": str(self.cache_dir)} if self.cache_dir else {})


def ready_python(name: str, environments: Path) -> Path:
    """The Python of an environment with the requirements of `name`; made once, then reused.

    Raises:
        SystemExit: pip failed.
    """
    folder, wanted = environments / name, REQUIREMENTS / f"{name}.txt"
    python, installed = folder / "bin" / "python", folder / "installed.txt"
    text = wanted.read_text(encoding="utf-8")
    if installed.exists() and installed.read_text(encoding="utf-8") == text:
        return python
    sys.stderr.write(f"installing {wanted.name} into {folder}\n")
    if not python.exists():
        venv.create(folder, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
        raise SystemExit(f"pip could not install {wanted}: its lines above say why")
    installed.write_text(text, encoding="utf-8")
    return python


def folder_mb(folder: Path) -> float:
    """What the files of a folder hold."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
