#!/usr/bin/env python3
"""Decode every frame of the given videos; fail if there is none, or if one is not playable to its end.

Needs PyAV, which the test extra brings.
"""

import sys

import av

TOLERATED_GAP = 0.25  # seconds between the duration that a file states and the frames that it holds


def described(path: str) -> str:
    """Return what the video at ``path`` is, in words.

    Raises:
        av.FFmpegError: It is no video, or is damaged.
        ValueError: It has no picture, or fewer or more frames than it states.
    """
    with av.open(path) as container:
        if not container.streams.video:
            raise ValueError("no video stream")
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        if not frames or not stream.average_rate or container.duration is None:
            raise ValueError("no frames, no frame rate or no duration")
        stated, shown = container.duration / av.time_base, float(frames / stream.average_rate)
        if abs(stated - shown) > TOLERATED_GAP:
            raise ValueError(f"states {stated:.2f} s and shows {shown:.2f} s")
        codec = stream.codec_context
        return f"{codec.name} {codec.pix_fmt} {codec.width}x{codec.height}, {frames} frames, {stated:.2f} s"


def main(paths: list[str]) -> int:
    """Describe each video on its line; return the exit code."""
    if not paths:
        sys.stderr.write("no video was left\n")
        return 1
    for path in paths:
        try:
            sys.stdout.write(f"{path}: {described(path)}\n")
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{path}: not playable: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
