using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Configurations;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Twins;

/// <summary>A twin as IoT Hub's service API writes it; queries see it so too.</summary>
internal static class TwinDocument
{
    public static JsonObject Write(TwinRow row)
    {
        var twin = row.Twin;
        var document = Head(row);
        document["tags"] = twin.Tags.DeepClone();
        document["properties"] = new JsonObject { ["desired"] = twin.Desired.ForService(), ["reported"] = twin.Reported.ForService() };
        document["configurations"] = ConfigurationState.ForService(twin.Configurations);
        document["capabilities"] = new JsonObject { ["iotEdge"] = row.Identity.IsEdge };
        return document;
    }

    /// <summary>
    /// The same without <c>$metadata</c> and <c>$version</c>, for conditions that name neither: copying these takes most of the time of looking
    /// at many twins. It takes the row's own JSON, so that it is made once of a row.
    /// </summary>
    public static JsonObject WriteForCondition(TwinRow row)
    {
        var twin = row.Twin;
        var document = Head(row);
        document["tags"] = twin.Tags;
        document["properties"] = new JsonObject { ["desired"] = twin.Desired.Values, ["reported"] = twin.Reported.Values };
        document["configurations"] = ConfigurationState.ForService(twin.Configurations);
        document["capabilities"] = new JsonObject { ["iotEdge"] = row.Identity.IsEdge };
        return document;
    }

    private static JsonObject Head(TwinRow row)
    {
        var (identity, twin, presence) = (row.Identity, row.Twin, row.Presence);
        var document = new JsonObject { ["deviceId"] = identity.Key.DeviceId };
        if (identity.Key.IsModule)
            document["moduleId"] = identity.Key.ModuleId;
        document["etag"] = twin.ETag;
        document["deviceEtag"] = identity.ETag;
        document["status"] = identity.IsEnabled ? "enabled" : "disabled";
        document["statusReason"] = identity.StatusReason;
        document["statusUpdateTime"] = RegistryDocument.Time(identity.StatusUpdated);
        document["connectionState"] = RegistryDocument.StateOf(presence);
        document["connectionStateUpdatedTime"] = RegistryDocument.Time(presence.Changed);
        document["lastActivityTime"] = RegistryDocument.Time(presence.LastActivity);
        document["cloudToDeviceMessageCount"] = row.PendingMessages;
        document["authenticationType"] = RegistryDocument.NameOf(identity.Authentication);
        document["x509Thumbprint"] = new JsonObject { ["primaryThumbprint"] = identity.PrimaryThumbprint, ["secondaryThumbprint"] = identity.SecondaryThumbprint };
        document["modelId"] = "";
        document["version"] = twin.Version;
        return document;
    }
}
