"""heat-cfntools' own cfn-signal, as it is: heat_signal.py FOLDER ARGUMENTS...

It expects to be root on an instance. What only root can do is left out: its log in /var/log, and becoming root. Of boto,
which its other commands use, it wants no more than that it can be imported.
"""

import contextlib
import logging
import pathlib
import runpy
import sys
import types

folder = pathlib.Path(sys.argv[1])
sys.argv = ["cfn-signal", *sys.argv[2:]]
sys.path.insert(0, str(folder / "usr/lib/python3/dist-packages"))
boto = types.ModuleType("boto")
boto.cloudformation = types.ModuleType("boto.cloudformation")
sys.modules.update({"boto": boto, "boto.cloudformation": boto.cloudformation})
logging.basicConfig = lambda **_: None

from heat_cfntools.cfntools import cfn_helper  # noqa: E402

cfn_helper.controlled_privileges = lambda _user: contextlib.nullcontext()
runpy.run_path(str(folder / "usr/bin/cfn-signal"), run_name="__main__")
