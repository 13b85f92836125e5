// The AWS SDK for JavaScript against a rehearsal: its waiters, its pages, its chunks, its presigned URLs, its errors. Each
// line that it prints is one of JSON.

import {
  CloudFormationClient, CreateStackCommand, DeleteStackCommand, paginateDescribeStackEvents, paginateListStacks,
  waitUntilStackCreateComplete, waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Upload } from '@aws-sdk/lib-storage';
import { SSMClient, GetParameterCommand } from '@aws-sdk/client-ssm';
import { Readable } from 'node:stream';
const cfn = new CloudFormationClient({}); const s3 = new S3Client({});
const say = (...it) => console.log(JSON.stringify(it));
await s3.send(new CreateBucketCommand({ Bucket: 'templates' }));
await s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 't.yaml', Body: 'Resources: {Topic: {Type: AWS::SNS::Topic}}' }));
await new Upload({ client: s3, params: { Bucket: 'templates', Key: 'stream', Body: Readable.from([Buffer.alloc(6<<20, 'a'), Buffer.from('end')]) } }).done();
const got = await s3.send(new GetObjectCommand({ Bucket: 'templates', Key: 'stream' })); say((await got.Body.transformToByteArray()).length);
await s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 'chunks', Body: Readable.from([Buffer.from('abc')]), ContentLength: 3 }));
say(await (await s3.send(new GetObjectCommand({ Bucket: 'templates', Key: 'chunks' }))).Body.transformToString());
const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket: 'templates', Key: 'by url' }));
say((await fetch(put, { method: 'PUT', body: 'by url' })).status);
say(await (await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'templates', Key: 'by url' })))).text());
const url = `${process.env.AWS_ENDPOINT_URL}/templates/t.yaml`;
for (const name of ['one', 'two', 'three']) await cfn.send(new CreateStackCommand({ StackName: name, TemplateURL: url }));
say((await waitUntilStackCreateComplete({ client: cfn, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StackName: 'one' })).state);
const names = []; for await (const page of paginateListStacks({ client: cfn }, {})) names.push(...page.StackSummaries.map((it) => it.StackName)); say(names.sort());
const events = []; for await (const page of paginateDescribeStackEvents({ client: cfn }, { StackName: 'one' })) events.push(...page.StackEvents.map((it) => it.ResourceStatus)); say(events);
await cfn.send(new DeleteStackCommand({ StackName: 'one' }));
say((await waitUntilStackDeleteComplete({ client: cfn, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StackName: 'one' })).state);
for (const go of [() => new S3Client({}).send(new GetObjectCommand({ Bucket: 'none', Key: 'x' })), () => new SSMClient({}).send(new GetParameterCommand({ Name: '/none' })), () => new CloudFormationClient({ credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: 'wrong' } }).send(new DeleteStackCommand({ StackName: 'x' }))]) {
  try { await go(); say('no error'); } catch (error) { say(error.name, error.message.slice(0, 60)); }
}
