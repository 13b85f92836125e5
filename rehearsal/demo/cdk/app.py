"""A server that configures itself, four times: each is what becomes of the same stack, Web."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

AWS_BIN = "/opt/aws/bin"


class Web(cdk.Stack):
    def __init__(self, scope, act, *, command, waits, stops, signals):
        super().__init__(scope, act, stack_name="Web")
        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=1,
            nat_gateways=0,
            # It would bring a function along, and that an asset.
            restrict_default_security_group=False,
            subnet_configuration=[ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)],
        )
        user_data = ec2.UserData.for_linux()
        server = ec2.Instance(
            self,
            "Server",
            vpc=vpc,
            instance_type=ec2.InstanceType("t3.micro"),
            machine_image=ec2.MachineImage.latest_amazon_linux2023(),
            user_data=user_data,
        )
        server.instance.override_logical_id("Server")
        named = f"--stack {self.stack_name} --resource Server --region {self.region}"
        if stops:
            user_data.add_commands("set -e")
        user_data.add_commands(f"{AWS_BIN}/cfn-init -v {named}")
        if signals:
            user_data.add_commands(f"{AWS_BIN}/cfn-signal -e $? {named}")
        server.instance.add_metadata(
            "AWS::CloudFormation::Init", {"config": {"commands": {"01-web": {"command": command}}}}
        )
        if waits:
            signal = cdk.CfnResourceSignal(count=1, timeout="PT10S")
            server.instance.cfn_options.creation_policy = cdk.CfnCreationPolicy(resource_signal=signal)


app = cdk.App(analytics_reporting=False)
broken = "/usr/local/bin/configure-web --port 80"
Web(app, "GreenAndDead", command=broken, waits=False, stops=False, signals=False)
Web(app, "Silent", command=broken, waits=True, stops=True, signals=True)
Web(app, "Failing", command=broken, waits=True, stops=False, signals=True)
Web(app, "Repaired", command="sleep 2; echo configured", waits=True, stops=False, signals=True)
app.synth()
