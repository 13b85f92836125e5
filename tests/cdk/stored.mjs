// An app that says what Systems Manager keeps under /said, and nothing else that a bootstrap would be needed for.

import * as cdk from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';

const app = new cdk.App({ analyticsReporting: false });
const stack = new cdk.Stack(app, 'Said', { synthesizer: new cdk.LegacyStackSynthesizer() });
new sns.CfnTopic(stack, 'Topic', { displayName: ssm.StringParameter.valueForStringParameter(stack, '/said') });
