// Stacks that refer to each other: one exports, the other imports, and has a stack inside and code as a file asset.
import * as cdk from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';

const app = new cdk.App({ outdir: process.env.CDK_OUTDIR });
const name = process.env.NAME ?? 'one';

const network = new cdk.Stack(app, 'Network');
const topic = new sns.Topic(network, 'Topic', { displayName: name });

const web = new cdk.Stack(app, 'Web');
new cdk.CfnOutput(web, 'Topic', { value: topic.topicArn });
const code = lambda.Code.fromAsset(process.env.CODE);
new lambda.Function(web, 'Function', { runtime: lambda.Runtime.NODEJS_LATEST, handler: 'index.handler', code });
const inside = new cdk.NestedStack(web, 'Inside');
new sns.Topic(inside, 'Topic', { displayName: name });

app.synth();
