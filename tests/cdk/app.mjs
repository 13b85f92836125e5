// Synthesises a stack with everything of the CDK that waits for signals: an instance and a group with
// CloudFormationInit, a rolling update that waits, and a wait condition. No account, region or network is asked.
//
// node app.mjs FOLDER writes FOLDER/Web.template.json.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cdk from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

class Web extends cdk.Stack {
  constructor(scope, id) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
    });
    const machine = {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    };

    new ec2.Instance(this, 'Server', {
      ...machine,
      init: this.init('server'),
      initOptions: { timeout: cdk.Duration.minutes(10), includeUrl: true, includeRole: true },
    });

    new autoscaling.AutoScalingGroup(this, 'Fleet', {
      ...machine,
      minCapacity: 2,
      maxCapacity: 4,
      desiredCapacity: 3,
      init: this.init('fleet'),
      signals: autoscaling.Signals.waitForAll({ timeout: cdk.Duration.minutes(15) }),
      updatePolicy: autoscaling.UpdatePolicy.rollingUpdate({
        maxBatchSize: 1,
        minInstancesInService: 2,
        minSuccessPercentage: 50,
        pauseTime: cdk.Duration.minutes(10),
        waitOnResourceSignals: true,
      }),
    });
  }

  init(name) {
    return ec2.CloudFormationInit.fromConfigSets({
      configSets: { default: ['install', 'serve'] },
      configs: {
        install: new ec2.InitConfig([ec2.InitPackage.yum('httpd')]),
        serve: new ec2.InitConfig([
          ec2.InitFile.fromString('/var/www/html/index.html', `<p>${name} of ${this.stackName}</p>\n`),
          ec2.InitCommand.shellCommand('chmod 0644 /var/www/html/index.html', { key: 'readable' }),
          ec2.InitService.enable('httpd'),
        ]),
      },
    });
  }
}

const folder = process.argv[2];
if (!folder) {
  console.error('node app.mjs FOLDER');
  process.exit(2);
}
const outdir = mkdtempSync(join(tmpdir(), 'cfn-rehearse-cdk-'));
try {
  const app = new cdk.App({
    outdir,
    analyticsReporting: true,
    context: {
      'aws:cdk:enable-path-metadata': true,
      '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true,
    },
  });
  new Web(app, 'Web');
  app.synth();
  const template = JSON.parse(readFileSync(join(outdir, 'Web.template.json'), 'utf8'));
  // It holds the version of Node: the one thing that is not the same everywhere.
  template.Resources.CDKMetadata.Properties.Analytics = 'v2:deflate64:left-out';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Web.template.json'), `${JSON.stringify(template, null, 1)}\n`);
} finally {
  rmSync(outdir, { recursive: true });
}
