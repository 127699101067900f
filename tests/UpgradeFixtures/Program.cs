using PortalServices.Testing;
using PortalServices.UpgradeFixtures;

// make-fixtures calls it: the sources whose programs are started, and the folder for the archives.
if (args is not [var sources, var archives])
{
    Console.Error.WriteLine("usage: UpgradeFixtures SOURCES FOLDER");
    return 1;
}

Environment.SetEnvironmentVariable(Repository.OtherSources, sources);
await RecordAsync("standalone-stopped", folder => StandaloneRecorder.RecordAsync(folder, killed: false));
await RecordAsync("standalone-killed", folder => StandaloneRecorder.RecordAsync(folder, killed: true));
await RecordAsync("services-killed", ServicesRecorder.RecordAsync);
return 0;

async Task RecordAsync(string name, Func<string, Task> record)
{
    using var work = new TemporaryDirectory();
    var folder = Directory.CreateDirectory(work.File("fixture")).FullName;
    Folders.Copy(Path.Combine(sources, "seeds"), Path.Combine(folder, "seeds"));
    await record(folder);
    var archive = Path.Combine(archives, name + Archive.Extension);
    Archive.Pack(folder, archive);
    Console.WriteLine($"{archive}: {new FileInfo(archive).Length / 1024} KiB");
}
