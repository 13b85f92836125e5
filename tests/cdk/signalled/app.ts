// An instance and a group that boot with what docs/cdk has: app.js FOLDER synthesises them.

import * as cdk from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SignalledUserData } from './signalled-user-data.js';

declare const process: { argv: string[] };

const app = new cdk.App({ outdir: process.argv[2], analyticsReporting: false });
const stack = new cdk.Stack(app, 'Web');
const vpc = new ec2.Vpc(stack, 'Vpc', {
  maxAzs: 1,
  natGateways: 0,
  restrictDefaultSecurityGroup: false,
  subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
});
const machine = {
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
};

const ofServer = new SignalledUserData({ waitFor: ["exec:echo \"it's ready\""], options: ['--gate-timeout', '5s'] });
ofServer.addCommands('echo "configured as $(basename "$0")" >/dev/null', 'configure --port 80', 'echo configured');
const server = new ec2.Instance(stack, 'Server', { ...machine, userData: ofServer });
ofServer.signals(server, cdk.Duration.minutes(10));

const ofFleet = new SignalledUserData();
ofFleet.addCommands('configure --port 81');
const fleet = new autoscaling.AutoScalingGroup(stack, 'Fleet', {
  ...machine,
  minCapacity: 2,
  maxCapacity: 2,
  userData: ofFleet,
  signals: autoscaling.Signals.waitForAll({ timeout: cdk.Duration.minutes(20) }),
});
ofFleet.signals(fleet, cdk.Duration.minutes(20));
app.synth();
