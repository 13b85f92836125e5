"""User data whose commands run under `cfn-signal run`: one signal for whatever becomes of them, and nothing to remember. Copy this
file into your app."""

import math
import shlex

from aws_cdk import CfnCreationPolicy, CfnResourceSignal, Duration, Stack
from aws_cdk import aws_ec2 as ec2

END = "END-OF-USER-DATA"


class SignalledUserData(ec2.UserData):
    """`wait_for`: what else a success waits for, such as `tcp:localhost:80`. `options`: further ones of `cfn-signal run`, word by
    word. `command`: where it is."""

    def __init__(self, *, wait_for=(), options=(), command="/usr/bin/cfn-signal"):
        super().__init__()
        self._inner = ec2.UserData.for_linux(shebang="")
        self._gates, self._options, self._command = wait_for, options, command
        self._waiting = None

    def signals(self, of, timeout=None):
        """Whose user data it is: an instance or a group, whose stack waits so long, unless it has a policy of its own."""
        timeout = timeout or Duration.minutes(15)
        resource = of.node.default_child
        if resource.cfn_options.creation_policy is None:
            signal = CfnResourceSignal(count=1, timeout=timeout.to_iso_string())
            resource.cfn_options.creation_policy = CfnCreationPolicy(resource_signal=signal)
        self._waiting = (resource, timeout)
        return self

    def render(self):
        if self._waiting is None:
            raise ValueError("nobody waits for this user data: call signals(instance) or signals(group)")
        resource, timeout = self._waiting
        stack = Stack.of(resource)
        # A failure that is signalled says more than a timeout does.
        seconds = math.ceil(timeout.to_seconds() * 0.9)
        words = ["--stack", stack.stack_name, "--resource", resource.logical_id, "--region", stack.region]
        words += ["--timeout", f"{seconds}s", "--if-complete", "ok"]
        words += [word for gate in self._gates for word in ("--wait-for", gate)]
        run = " ".join([self._command, "run", *map(shlex.quote, [*words, *self._options])])
        return "\n".join(
            [
                "#!/bin/bash",
                f"commands=$(mktemp) && cat >\"$commands\" <<'{END}'",
                self._inner.render().lstrip(),
                END,
                # With -x the step that failed is part of the reason.
                f'exec {run} -- bash -euxo pipefail "$commands"',
            ]
        )

    def add_commands(self, *commands):
        self._inner.add_commands(*commands)

    def add_on_exit_commands(self, *commands):
        self._inner.add_on_exit_commands(*commands)

    def add_s3_download_command(self, **params):
        return self._inner.add_s3_download_command(**params)

    def add_execute_file_command(self, **params):
        self._inner.add_execute_file_command(**params)

    def add_signal_on_exit_command(self, resource):
        self.signals(resource)
