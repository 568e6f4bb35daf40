using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>Is given changes that do not concern sessions.</summary>
internal interface IChangeHandler
{
    void Handle(Change change);
}
