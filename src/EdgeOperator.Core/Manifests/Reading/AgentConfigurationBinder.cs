using EdgeOperator.Core.Manifests.Definitions;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Makes the configuration of its checked fields.</summary>
internal static class AgentConfigurationBinder
{
    /// <param name="file">The file that the fields were read from.</param>
    public static AgentConfiguration Bind(AgentFields fields, string file) => new()
    {
        Device = fields.Device,
        Sources = [.. fields.Sources.Select(s => Source(s, fields.Device.Name))],
        Engine = fields.Engine,
        Images = new() { Verify = [.. fields.Images.Verify.Select(Rule)] },
        StateDirectory = fields.StateDirectory,
        Api = fields.Api,
        Reconcile = fields.Reconcile,
        Files = fields.Files with { ProtectedFiles = [StandardPaths.Configuration, file, .. OwnFiles(fields).OfType<string>()] },
        Functions = fields.Functions,
        VirtualMachines = fields.VirtualMachines,
        Updates = fields.Updates,
        Secrets = fields.Secrets,
        Remote = fields.Remote,
        Telemetry = fields.Telemetry,
    };

    private static IEnumerable<string?> OwnFiles(AgentFields fields) =>
        fields.Sources.Select(s => s.Git).OfType<GitFields>()
            .SelectMany(g => (string?[])[g.Verify.Keys?.AllowedSigners, g.Verify.Keys?.GpgKeyring, g.Auth.SshKeyFile, g.Auth.KnownHostsFile, g.Auth.TokenFile, g.Auth.CaFile])
            .Concat(fields.Sources.Select(s => s.Twin).OfType<TwinFields>().SelectMany(t => (string?[])[t.Auth.KeyFile, t.Auth.CertificateFile, t.Auth.PrivateKeyFile, t.CaFile, t.Auth.Dps?.SymmetricKeyFile, t.Auth.Dps?.CertificateFile, t.Auth.Dps?.KeyFile]))
            .Concat(fields.Images.Verify.SelectMany(v => v.Keys ?? []))
            .Concat(fields.Updates.AgentKeys)
            .Append(fields.Engine.RegistryAuthFile)
            .Append(fields.Functions.Publishing?.CertificateFile)
            .Append(fields.Functions.Publishing?.KeyFile);

    private static ImageRule Rule(ImageRuleFields fields) => fields switch
    {
        { Keys: { } keys } => new(fields.Match, ImageVerification.Signed, keys),
        { Mode: "reject" } => new(fields.Match, ImageVerification.Reject, []),
        _ => new(fields.Match, ImageVerification.None, []),
    };

    private static SourceConfiguration Source(SourceFields fields, string device) => fields switch
    {
        { Git: { } git } => Git(fields.Name ?? "git", git),
        { Directory: { } directory } => new DirectorySourceConfiguration
        {
            Name = fields.Name ?? "directory",
            Path = directory.Path,
            Interval = directory.Interval,
            Timeout = directory.Timeout,
        },
        { Twin: { } twin } => new TwinSourceConfiguration
        {
            Name = fields.Name ?? "twin",
            Hub = twin.Hub ?? twin.Auth.Dps!.Endpoint,
            Provisioning = twin.Auth.Dps is not { } dps ? null : new(dps.Endpoint, dps.IdScope, dps.RegistrationId ?? device, dps.SymmetricKeyFile, dps.CertificateFile, dps.KeyFile),
            Port = twin.Port,
            HttpsPort = twin.HttpsPort,
            DeviceId = twin.DeviceId ?? device,
            KeyFile = twin.Auth.KeyFile,
            CertificateFile = twin.Auth.CertificateFile,
            PrivateKeyFile = twin.Auth.PrivateKeyFile,
            CaFile = twin.CaFile,
            Interval = twin.Interval,
            Timeout = twin.Timeout,
        },
        _ => throw new InvalidOperationException("a source without a kind passed its check"),
    };

    public static GitSourceConfiguration Git(string name, GitFields git) => new()
    {
        Name = name,
        Url = git.Url,
        Ref = Ref(git.Ref),
        Path = git.Path.Trim('/'),
        Interval = git.Interval,
        Timeout = git.Timeout,
        SshKeyFile = git.Auth.SshKeyFile,
        KnownHostsFile = git.Auth.KnownHostsFile,
        TokenFile = git.Auth.TokenFile,
        TokenUser = git.Auth.TokenUser,
        CaFile = git.Auth.CaFile,
        Proxy = git.Proxy,
        Verify = git.Verify.Keys is { } keys
            ? new GitVerification.Signed(keys.AllowedSigners, keys.GpgKeyring) { Tags = git.Verify.Tags, AllowRewind = git.Verify.AllowRewind }
            : new GitVerification.None(),
        MaxFileSize = git.MaxFileSize,
        MaxRepositorySize = git.MaxRepositorySize,
    };

    public static GitRef Ref(RefFields fields) => fields switch
    {
        { Tag: { } tag } => new GitRef.Tag(tag),
        { Semver: { } range } => new GitRef.SemverRange(range),
        { Commit: { } id } => new GitRef.Commit(id),
        _ => new GitRef.Branch(fields.Branch!),
    };
}
