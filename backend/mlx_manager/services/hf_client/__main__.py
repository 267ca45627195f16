"""The downloading process: plan, wait for the word, fetch, verify, lay out."""

import os
import sys
import threading
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

from huggingface_hub import constants, snapshot_download

from mlx_manager.services.hf_client.cache_folder import CacheFolder
from mlx_manager.services.hf_client.faults import CorruptFile, fault_of
from mlx_manager.services.hf_client.messages import GO, Done, Job, Message, Planned, Progress
from mlx_manager.services.hf_client.plan import NOT_FOR_MLX, Plan, PlannedFile, make_plan
from mlx_manager.services.hf_client.transfer import Meter, fetch

FILES_AT_ONCE = 4
REPORT_SECONDS = 0.5
_CONFIG = "config.json"


def main() -> None:
    """Do one job. The last line said is ``Done`` or ``Fault``."""
    job = Job.model_validate_json(sys.stdin.buffer.readline())
    try:
        plan = make_plan(job)
        folder = CacheFolder(Path(job.cache), job.model)
        partial = sum(folder.partial_bytes(file.etag) for file in plan.missing)
        meter = Meter(plan.bytes_total - plan.bytes_missing + partial)
        _say(
            Planned(
                commit=plan.commit,
                bytes_total=plan.bytes_total,
                bytes_done=meter.bytes_done,
                etags=[file.etag for file in plan.missing],
            )
        )
        if sys.stdin.buffer.readline() != GO:
            return
        threading.Thread(target=_end_with_the_manager, daemon=True).start()
        _fetch_all(job, plan, folder, meter)
        _say(Progress(bytes_done=plan.bytes_total, verifying=True))
        _lay_out(job, plan, folder)
    except Exception as error:
        _say(fault_of(error, job.model))
    else:
        _say(Done())
    sys.stdout.flush()
    os._exit(0)  # threads that still wait for the network must not hold the end up


def _end_with_the_manager() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def _fetch_all(job: Job, plan: Plan, folder: CacheFolder, meter: Meter) -> None:
    pool = ThreadPoolExecutor(FILES_AT_ONCE)
    # Of several names for the same contents one is fetched.
    files = {file.etag: file for file in plan.missing if file.size <= _LARGEST}
    for twin in set(plan.missing) - set(files.values()):
        if twin.etag in files:
            meter.add(twin.size)
    work = {pool.submit(fetch, f, job.model, plan.commit, folder, meter) for f in files.values()}
    while work:
        done, work = wait(work, timeout=REPORT_SECONDS, return_when=FIRST_EXCEPTION)
        for each in done:
            each.result()
        whole = meter.bytes_done >= plan.bytes_total
        _say(Progress(bytes_done=min(meter.bytes_done, plan.bytes_total), verifying=whole))


_LARGEST = constants.MAX_HTTP_DOWNLOAD_SIZE
"""Single files above it come by the hub's Xet protocol alone, within ``snapshot_download``."""


def _lay_out(job: Job, plan: Plan, folder: CacheFolder) -> None:
    """Let the hub's client link the blobs into a snapshot, ``config.json`` last: a model without
    it is listed by nobody. Raises ``CorruptFile`` for a file of another size."""
    for ignored in ([*NOT_FOR_MLX, _CONFIG], list(NOT_FOR_MLX)):
        snapshot = Path(
            snapshot_download(
                job.model,
                revision=plan.commit,
                cache_dir=Path(job.cache),
                ignore_patterns=ignored,
            )
        )
        for file in plan.files:
            if file.name != _CONFIG or _CONFIG not in ignored:
                _check_size(snapshot, file)
    folder.name_commit(job.revision, plan.commit)


def _check_size(snapshot: Path, file: PlannedFile) -> None:
    path = snapshot / file.name
    if path.stat().st_size != file.size:
        raise CorruptFile(file.name)


def _say(message: Message) -> None:
    sys.stdout.write(message.model_dump_json() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
