"""An instance and a group that boot with what docs/cdk has: app.py FOLDER synthesises them."""

import sys

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2

from signalled_user_data import SignalledUserData

app = cdk.App(outdir=sys.argv[1], analytics_reporting=False)
stack = cdk.Stack(app, "Web")
vpc = ec2.Vpc(
    stack,
    "Vpc",
    max_azs=1,
    nat_gateways=0,
    restrict_default_security_group=False,
    subnet_configuration=[ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)],
)
machine = {
    "vpc": vpc,
    "vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
    "instance_type": ec2.InstanceType("t3.micro"),
    "machine_image": ec2.MachineImage.latest_amazon_linux2023(),
}

of_server = SignalledUserData(wait_for=["exec:echo \"it's ready\""], options=["--gate-timeout", "5s"])
of_server.add_commands('echo "configured as $(basename "$0")" >/dev/null', "configure --port 80", "echo configured")
server = ec2.Instance(stack, "Server", user_data=of_server, **machine)
of_server.signals(server, cdk.Duration.minutes(10))

of_fleet = SignalledUserData()
of_fleet.add_commands("configure --port 81")
fleet = autoscaling.AutoScalingGroup(
    stack,
    "Fleet",
    min_capacity=2,
    max_capacity=2,
    user_data=of_fleet,
    signals=autoscaling.Signals.wait_for_all(timeout=cdk.Duration.minutes(20)),
    **machine,
)
of_fleet.signals(fleet, cdk.Duration.minutes(20))
app.synth()
