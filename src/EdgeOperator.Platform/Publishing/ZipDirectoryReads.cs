namespace EdgeOperator.Platform.Publishing;

/// <summary>
/// A zip file of which only so many bytes are read until <see cref="Release"/>: its directory says itself how large it is and how many
/// entries it has, and <see cref="System.IO.Compression.ZipArchive"/> keeps all of it in memory.
/// </summary>
internal sealed class ZipDirectoryReads(Stream file, long limit) : Stream
{
    private long? _rest = limit;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position { get => file.Position; set => file.Position = value; }

    /// <summary>The directory has been read.</summary>
    public void Release() => _rest = null;

    public override int Read(byte[] buffer, int offset, int count) => Counted(file.Read(buffer, offset, count));

    public override int Read(Span<byte> buffer) => Counted(file.Read(buffer));

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush() => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }

    private int Counted(int count)
    {
        _rest -= count;
        return _rest is null or >= 0 ? count : throw new ZipPackageException(ZipFault.TooLarge, $"its directory has more than {limit} bytes");
    }
}
