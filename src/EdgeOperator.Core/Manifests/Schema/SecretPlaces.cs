namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>Where secrets may stand, for messages.</summary>
internal static class SecretPlaces
{
    public const string Fix = "secrets may stand in a module's `env`, `secretFiles` and `registryCredentials`, in an app's `settings`, in the `content` of a ConfigFile, and in the content and commands of a machine's `provisioning`";
}
