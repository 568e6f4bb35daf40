using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>Releases of edgeop, as <c>make release</c> makes them: the programs under test with other version numbers in them, signed by a key of the test's own.</summary>
public sealed class Releases : IDisposable
{
    private const string Built = "0.1.0+";

    private readonly TempFolder _folder = new("rel");
    private readonly string _programs;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <param name="edgeop">The program under test; <c>edgeop-agent</c> lies beside it.</param>
    public Releases(string edgeop)
    {
        _programs = Path.GetDirectoryName(edgeop)!;
        File.WriteAllText(Key, _key.ExportSubjectPublicKeyInfoPem());
    }

    /// <summary>The version that was built.</summary>
    public static string First => Built.TrimEnd('+');

    /// <summary>The file with the public key.</summary>
    public string Key => _folder.File("release.pub");

    /// <summary>A version that is as the one that was built.</summary>
    public Task<Release> GoodAsync(string version) => PackAsync(version, start: null);

    /// <summary>A version that passes its self-test, and whose agent then does something else than run.</summary>
    /// <param name="start">Shell commands.</param>
    public Task<Release> BadAsync(string version, string start) => PackAsync(version, start);

    /// <summary>Puts the programs of a version into a folder.</summary>
    public void Install(string folder, string version, string? start = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "RELEASE"), $"version={version}\nplatform=linux-x64\n");
        Copy("edgeop-agent", folder, version);
        if (start is null)
        {
            Copy("edgeop", folder, version);
            return;
        }

        var program = Path.Combine(folder, "edgeop");
        File.WriteAllText(program, $"#!/bin/sh\n[ \"$1\" = agent ] && [ \"$2\" != --self-test ] || exec \"$(dirname \"$0\")/edgeop-agent\" \"$@\"\n{start}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The signature of a file by another key than the devices know.</summary>
    public static string SignByAnother(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.SignData(File.ReadAllBytes(file), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    private async Task<Release> PackAsync(string version, string? start)
    {
        var (folder, archive) = (_folder.File(version), _folder.File($"edgeop-{version}.tar.gz"));
        Install(folder, version, start);
        await Shell.RunAsync("sh", "-c", $"tar -C {folder} -c . | gzip -1 >{archive}");
        Directory.Delete(folder, recursive: true);
        var content = File.ReadAllBytes(archive);
        File.WriteAllBytes(archive + ".sig", _key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        return new(version, archive, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    /// <summary>The version is a text in the program, which another one of the same length takes the place of.</summary>
    private void Copy(string program, string folder, string version)
    {
        var content = File.ReadAllBytes(Path.Combine(_programs, program));
        var (built, wanted) = (Encoding.ASCII.GetBytes(Built), Encoding.ASCII.GetBytes(version + "+"));
        if (wanted.Length != built.Length)
            throw new ArgumentException($"the version has to be as long as {First}", nameof(version));
        for (var at = 0; content.AsSpan(at).IndexOf(built) is var next and >= 0; at += next + wanted.Length)
            wanted.CopyTo(content.AsSpan(at + next));
        var copy = Path.Combine(folder, program);
        File.WriteAllBytes(copy, content);
        File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

public sealed record Release(string Version, string Archive, string Sha256)
{
    /// <summary>A SystemUpdate that asks for it.</summary>
    /// <param name="fields">Further fields of <c>agent</c>, one a line.</param>
    public string Manifest(params string[] fields) =>
        $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: SystemUpdate
        metadata: {"{"}name: agent{"}"}
        spec:
          agent:
            version: {Version}
            path: {Archive}
            sha256: {Sha256}
            {string.Join("\n    ", fields)}

        """;
}
