using EdgeOperator.Agent.LocalApi;

namespace EdgeOperator.Cli.Verbs;

/// <summary>Gathers what somebody who helps needs to see. Without an agent it is less, and still says what there is to say.</summary>
internal sealed class SupportBundleVerb : Verb
{
    private readonly BundleFile _file = new();
    private readonly ReasonOption _reason = new();

    public SupportBundleVerb()
        : base("support-bundle", "Gather findings, status, events, configuration and logs into one file for whoever helps, without secrets")
    {
        Add(_file);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (status, absence) = await CheckVerb.StatusAsync(call, cancellation);
        var path = await _file.WriteAsync(call, status?.Device ?? call.Configuration().Device.Name, output => status is not null ? FromAgentAsync(call, output, cancellation) : AloneAsync(call, absence, output, cancellation));
        if (path is not null)
            call.Terminal.Out.WriteLine($"{path}: look through its logs before you give it to somebody; secrets that are known as such are not in it.");
        return ExitCode.Done;
    }

    private async Task FromAgentAsync(Call call, Stream output, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        await agent.CopySupportBundleAsync(output, cancellation, call.Get(_reason));
    }

    private static Task AloneAsync(Call call, string? absence, Stream output, CancellationToken cancellation)
    {
        call.Errors.Warn([$"{absence}: the bundle has what is on the disk"]);
        return new SupportBundle(call.Configuration(), null, absence, [], call.Terminal.Time).WriteAsync(output, cancellation);
    }
}
