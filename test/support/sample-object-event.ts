/** What S3 tells of objects that were written (event message structure 2.1). */
export const createObjectEvent = (
  ...objects: readonly {
    readonly bucket?: string;
    readonly key: string;
    readonly size?: number;
    readonly eTag?: string;
    readonly versionId?: string;
    readonly eventName?: string;
  }[]
) => ({
  Records: objects.map(
    ({ bucket = 'drop-bucket', eventName = 'ObjectCreated:Put', ...object }) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: '2026-11-24T09:00:00.000Z',
      eventName,
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'drops',
        bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
        object: { size: 100, eTag: 'etag', sequencer: '0055AED6DCD90281E5', ...object },
      },
    }),
  ),
});

/** What S3 sends when a bucket's notifications are set. */
export const S3_TEST_EVENT = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-11-24T09:00:00.000Z',
  Bucket: 'drop-bucket',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
};
