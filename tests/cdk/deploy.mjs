// The app that is deployed to a rehearsal: an instance that has to signal, a file that comes with it, an output.
//
// INSTANCE_TYPE and TIMEOUT make it another, ACCOUNT binds it to one, SYNTHESIZER=legacy is the CDK's first, SYNTHESIZER=cli the one without roles; the CDK's command line says where the assembly goes (CDK_OUTDIR).

import * as cdk from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { fileURLToPath } from 'node:url';

const app = new cdk.App({ analyticsReporting: false });
const { ACCOUNT: account, SYNTHESIZER } = process.env;
const synthesizers = {
  legacy: () => new cdk.LegacyStackSynthesizer(),
  cli: () => new cdk.CliCredentialsStackSynthesizer(),
};
const stack = new cdk.Stack(app, 'Web', {
  env: account ? { account, region: 'us-east-1' } : undefined,
  synthesizer: synthesizers[SYNTHESIZER]?.(),
});
const vpc = new ec2.Vpc(stack, 'Vpc', {
  maxAzs: 1,
  natGateways: 0,
  restrictDefaultSecurityGroup: false,
  subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
});
const server = new ec2.Instance(stack, 'Server', {
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  instanceType: new ec2.InstanceType(process.env.INSTANCE_TYPE ?? 't3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
});
server.instance.cfnOptions.creationPolicy = { resourceSignal: { count: 1, timeout: process.env.TIMEOUT ?? 'PT12H' } };
new Asset(stack, 'File', { path: fileURLToPath(import.meta.url) });
new cdk.CfnOutput(stack, 'Id', { value: server.instanceId });
