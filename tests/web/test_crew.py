"""Long work: progress is told, a stopped job ends at once, and one that crashes takes nothing else with it."""

from collections.abc import Iterator
from time import monotonic, sleep

import pytest
import web_jobs

from ionweld.errors import InputError
from ionweld.web.crew import ENDED, Crew, Job


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """One worker."""
    found = Crew(1)
    yield found
    found.close()


def ended(job: Job) -> Job:
    """Wait for a job."""
    begun = monotonic()
    while job.state not in ENDED:
        assert monotonic() - begun < 120
        sleep(0.01)
    return job


def test_a_job_gives_its_result_and_tells_how_far_it_is(crew: Crew) -> None:
    assert ended(crew.start("double", web_jobs.double, number=21)).result == 42
    job = ended(crew.start("slow", web_jobs.slow, steps=3))
    assert (job.state, job.result, job.done, job.total, job.part) == ("done", "done", 3, 3, "steps")
    assert "result" not in job.shown()


def test_what_goes_wrong_is_said_and_the_worker_goes_on(crew: Crew) -> None:
    wrong = ended(crew.start("wrong", web_jobs.wrong))
    assert wrong.error == {
        "kind": "InputError",
        "message": "here: is wrong. Do it otherwise",
        "faults": [{"where": "here", "seen": "is wrong", "mend": "Do it otherwise"}],
    }
    assert ended(crew.start("broken", web_jobs.broken)).error["message"] == "ZeroDivisionError: by nothing"
    crashed = ended(crew.start("crash", web_jobs.crash))
    assert (crashed.state, "ended in the midst" in crashed.error["message"]) == ("failed", True)
    assert ended(crew.start("double", web_jobs.double, number=1)).result == 2


def test_a_running_job_is_stopped_and_a_waiting_one_is_never_begun(crew: Crew) -> None:
    running = crew.start("slow", web_jobs.slow, steps=100_000)
    waiting = crew.start("double", web_jobs.double, number=1)
    while not running.done:
        sleep(0.01)
    crew.stop(waiting.id)
    crew.stop(running.id)
    assert (ended(running).state, ended(waiting).state, waiting.result) == ("stopped", "stopped", None)
    assert crew.stop(running.id).state == "stopped"  # once more changes nothing
    assert ended(crew.start("double", web_jobs.double, number=3)).result == 6


def test_a_later_job_takes_the_place_of_one_that_waits_in_its_slot(crew: Crew) -> None:
    running = crew.start("slow", web_jobs.slow, steps=20)
    first, second = (crew.start("double", web_jobs.double, slot="slider", number=n) for n in (1, 2))
    other = crew.start("double", web_jobs.double, slot="another", number=5)
    assert [ended(one).state for one in (first, second, other, running)] == ["stopped", "done", "done", "done"]


def test_a_job_that_is_not_known_is_an_answer(crew: Crew) -> None:
    with pytest.raises(InputError, match="not known"):
        crew.job("of the last run")
