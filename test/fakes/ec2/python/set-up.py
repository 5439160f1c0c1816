"""Installs requirements.txt into FOLDER, once, and prints the interpreter to use: `set-up.py FOLDER`.

Of several that are started at once one installs and the others wait; the lock ends with its process, however that ends.
"""

import fcntl
import subprocess
import sys
import venv
from pathlib import Path

folder = Path(sys.argv[1]).absolute()
requirements = Path(__file__).with_name("requirements.txt")
python = folder / "venv" / "bin" / "python"
# Written last: what is half installed is installed again.
installed = folder / "installed"
wanted = f"{sys.version}\n{requirements.read_text()}"


def install() -> None:
    installed.unlink(missing_ok=True)
    print("Installing boto3 and moto (a minute the first time) ...", file=sys.stderr)
    venv.create(folder / "venv", clear=True, with_pip=True)
    options = ["--quiet", "--no-compile", "--disable-pip-version-check"]
    subprocess.run([python, "-m", "pip", "install", *options, "-r", requirements], check=True)
    installed.write_text(wanted)


folder.mkdir(parents=True, exist_ok=True)
with open(folder / "lock", "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not installed.exists() or installed.read_text() != wanted:
        install()
print(python)
