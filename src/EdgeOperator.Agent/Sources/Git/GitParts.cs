using EdgeOperator.Agent.Sources.Git.Protocol;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Git.Lfs;
using EdgeOperator.Git.Tree;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>What a Git source works with, made of its configuration.</summary>
internal sealed class GitParts
{
    /// <param name="path">The folder in the repository.</param>
    /// <param name="folder">Where the source may keep its own things between runs.</param>
    /// <exception cref="FetchException">The address or the path is not acceptable.</exception>
    public GitParts(GitSourceConfiguration configuration, string path, string folder, TimeProvider time)
    {
        if (path.Length > 0)
            TreePath.Check(path);

        Url = GitUrl.Parse(configuration.Url);
        Environment = new(configuration, Url, folder);
        Git = new(Environment, folder, configuration.MaxRepositorySize, time);
        var http = UploadPackClient.Create(configuration, Url, Environment, time);
        Repository = new(Git, Url, http, path, configuration.MaxRepositorySize, configuration.MaxFileSize);
        Refs = new(Git, Url, http, time);
        TieBreaker = new(Repository);
        var limits = new SourceLimits(configuration.MaxFileSize);
        Tree = new(Git, limits);
        LargeFiles = new LfsCache(Path.Combine(folder, "lfs"));
        Lfs = new(new LfsServer(configuration, Url, Environment, Git, (commit, file, c) => Repository.CompleteAsync(commit + "^{tree}", new HashSet<string> { file }, c)), Url, LargeFiles, limits, () => configuration.MaxRepositorySize - Git.Size);
        Trust = configuration.Verify is GitVerification.Signed signed
            ? new(new(Git, signed, Url, Path.GetDirectoryName(folder)!), Repository, new(folder), $"{Url.Address} {configuration.Ref}", signed.AllowRewind || configuration.Ref is GitRef.Commit, time)
            : null;
    }

    public GitUrl Url { get; }

    public GitEnvironment Environment { get; }

    public GitProgram Git { get; }

    public GitRepository Repository { get; }

    public GitTree Tree { get; }

    /// <summary>What the server's refs point to.</summary>
    public RemoteRefs Refs { get; }

    /// <summary>Which of several tags of one version is meant.</summary>
    public TagTieBreaker TieBreaker { get; }

    public LfsFiles Lfs { get; }

    /// <summary>What was fetched from the server of Git LFS.</summary>
    public LfsCache LargeFiles { get; }

    /// <summary>Null when nothing need be signed.</summary>
    public GitTrust? Trust { get; }
}
