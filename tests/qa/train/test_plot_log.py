"""The log of a run as a picture."""

from qa.train.plot_log import draw, read_logs

HEAD = "batch,loss,exact_match,f1\n"


def test_runs_follow_one_another_and_are_drawn(tmp_path):
    (tmp_path / "a.csv").write_text(HEAD + "300,2.3,0.42,0.56\n479,1.6,0.47,0.64\n")
    (tmp_path / "b.csv").write_text(HEAD + "300,1.5,0.5,0.63\n")
    rows = read_logs([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert [row["batch"] for row in rows] == [300, 479, 779]
    draw(rows, tmp_path / "out.png")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
