using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Hub.Enrollments;

/// <summary>A request to join, on the command line: by the device's name, or by a beginning of the request's id.</summary>
internal sealed class EnrollmentRequest : Argument<string>
{
    public EnrollmentRequest()
        : base("REQUEST")
    {
        Description = "The device's name, or the id of its request, or a beginning of it";
        this.Suggest(HubSuggestions.Requests);
    }

    /// <returns>The id.</returns>
    /// <exception cref="UserError">None waits, or more than one.</exception>
    public async Task<string> FindAsync(HubClient hub, Call call, CancellationToken cancellation)
    {
        var text = call.Get(this)!;
        var waiting = (await EnrollmentList.ReadAsync(hub, "Pending", cancellation)).Select(request => ((string)request["id"]!, (string)request["deviceId"]!)).ToList();
        var found = waiting.Where(request => request.Item2 == text).ToList();
        if (found.Count == 0)
            found = [.. waiting.Where(request => request.Item1.StartsWith(text, StringComparison.Ordinal))];
        return found switch
        {
            [var (id, _)] => id,
            [] => throw new UserError(ExitCode.Failed, $"no request of \"{text}\" waits: `edgeop hub enrollments list` shows those that do"),
            _ => throw UserError.Invalid($"{found.Count} requests are meant by \"{text}\": give an id of {string.Join(", ", found.Select(request => request.Item1[..12]))}"),
        };
    }
}
