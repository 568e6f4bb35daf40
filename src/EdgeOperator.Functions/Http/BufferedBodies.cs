using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// Bounds the bodies that are in memory at once while functions work on them: many clients that each send as much as one may would
/// otherwise take the memory of the whole device. Bodies that are forwarded are not held.
/// </summary>
/// <param name="most">Bytes.</param>
internal sealed class BufferedBodies(long most)
{
    private long _held;

    /// <summary>For one request; to be disposed when its body is not needed any more.</summary>
    public Lease Open() => new(this);

    private bool TryTake(long bytes) => Interlocked.Add(ref _held, bytes) <= most;

    public sealed class Lease(BufferedBodies bodies) : IDisposable
    {
        private long _taken;

        /// <exception cref="BadHttpRequestException">503: too much is held.</exception>
        public void Take(long bytes)
        {
            _taken += bytes;
            if (!bodies.TryTake(bytes))
                throw new BadHttpRequestException("too many bodies of requests are in memory", StatusCodes.Status503ServiceUnavailable);
        }

        public void Dispose() => bodies.TryTake(-_taken);
    }
}
