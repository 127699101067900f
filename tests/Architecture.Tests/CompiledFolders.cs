using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace PortalServices.Architecture.Tests;

/// <summary>A type of one folder uses a type of another.</summary>
internal sealed record Arrow(string FromFolder, string ToFolder, string FromType, string ToType)
{
    public override string ToString() =>
        $"{FromFolder}/ uses {ToFolder}/: {FromType.Split('.')[^1]} uses {ToType.Split('.')[^1]}";
}

/// <summary>
/// Which folders of a project use which, read from its compiled types and the bodies of their methods. The folder of a
/// type is that of its source, as the debug information tells it; <c>""</c> is the project's own.
/// </summary>
internal sealed class CompiledFolders
{
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value);

    private readonly MetadataReader _types;
    private readonly PEReader _image;
    private readonly Dictionary<TypeDefinitionHandle, string> _folders = [];
    private readonly HashSet<Arrow> _arrows = [];

    private CompiledFolders(PEReader image, MetadataReader types, MetadataReader symbols, string project)
    {
        (_image, _types) = (image, types);
        foreach (var type in types.TypeDefinitions)
        {
            if (SourceOf(type, symbols, project) is { } source)
            {
                _folders[type] = source.Contains('/', StringComparison.Ordinal) ? source.Split('/')[0] : "";
            }
        }
    }

    /// <summary>The arrows between the folders of a project.</summary>
    /// <param name="assembly">What was compiled.</param>
    /// <param name="project">Its folder, such as <c>services/Counting/Counting</c>.</param>
    public static IReadOnlyList<Arrow> Read(Assembly assembly, string project)
    {
        using var image = new PEReader(File.OpenRead(assembly.Location));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(
            File.OpenRead(Path.ChangeExtension(assembly.Location, ".pdb"))
        );
        var folders = new CompiledFolders(image, image.GetMetadataReader(), symbols.GetMetadataReader(), project);
        foreach (var type in folders._types.TypeDefinitions)
        {
            folders.Read(type);
        }

        return
        [
            .. folders
                ._arrows.OrderBy(arrow => arrow.FromFolder, StringComparer.Ordinal)
                .ThenBy(arrow => arrow.ToString()),
        ];
    }

    /// <summary>The folders that lie in a circle with others, with the arrows between them.</summary>
    public static IReadOnlyList<Arrow> Circles(IReadOnlyList<Arrow> arrows)
    {
        var next = arrows.ToLookup(arrow => arrow.FromFolder, arrow => arrow.ToFolder);
        return [.. arrows.Where(arrow => Reaches(arrow.ToFolder, arrow.FromFolder, []))];

        bool Reaches(string from, string to, HashSet<string> seen) =>
            from == to || (seen.Add(from) && next[from].Any(folder => Reaches(folder, to, seen)));
    }

    private string? SourceOf(TypeDefinitionHandle type, MetadataReader symbols, string project)
    {
        var definition = _types.GetTypeDefinition(type);
        if (!definition.GetDeclaringType().IsNil)
        {
            return SourceOf(definition.GetDeclaringType(), symbols, project);
        }

        var documents = symbols
            .GetCustomDebugInformation(type)
            .Select(symbols.GetCustomDebugInformation)
            .Where(information => symbols.GetGuid(information.Kind) == TypeDefinitionDocuments)
            .SelectMany(information => DocumentsIn(symbols.GetBlobReader(information.Value)))
            .Concat(
                definition
                    .GetMethods()
                    .Select(method => symbols.GetMethodDebugInformation(method.ToDebugInformationHandle()).Document)
                    .Where(document => !document.IsNil)
            );
        foreach (var document in documents)
        {
            var path = symbols.GetString(symbols.GetDocument(document).Name).Replace('\\', '/');
            var at = path.LastIndexOf($"{project}/", StringComparison.Ordinal);
            var source = at < 0 ? "obj/" : path[(at + project.Length + 1)..];
            // What generators of code wrote is of the folder of what it was written for.
            if (!source.StartsWith("obj/", StringComparison.Ordinal))
            {
                return source;
            }
        }

        return null;
    }

    private static List<DocumentHandle> DocumentsIn(BlobReader blob)
    {
        var documents = new List<DocumentHandle>();
        while (blob.RemainingBytes > 0)
        {
            documents.Add(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger()));
        }

        return documents;
    }

    private void Read(TypeDefinitionHandle handle)
    {
        if (!_folders.ContainsKey(handle))
        {
            return;
        }

        var used = new UsedTypes(_types);
        var type = _types.GetTypeDefinition(handle);
        used.Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            used.Add(_types.GetInterfaceImplementation(implemented).Interface);
        }

        foreach (var field in type.GetFields())
        {
            _types.GetFieldDefinition(field).DecodeSignature(used, null);
        }

        foreach (var method in type.GetMethods())
        {
            Read(_types.GetMethodDefinition(method), used);
        }

        foreach (var other in used.Types)
        {
            if (_folders.TryGetValue(other, out var folder) && folder != _folders[handle])
            {
                _arrows.Add(new Arrow(_folders[handle], folder, NameOf(handle), NameOf(other)));
            }
        }
    }

    private void Read(MethodDefinition method, UsedTypes used)
    {
        method.DecodeSignature(used, null);
        foreach (var attribute in method.GetCustomAttributes())
        {
            used.Add(_types.GetCustomAttribute(attribute).Constructor);
        }

        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            _types.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(used, null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            used.Add(region.CatchType);
        }

        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            var first = code.ReadByte();
            var instruction = Codes[first == 0xFE ? 0xFE00 | code.ReadByte() : first];
            switch (instruction.OperandType)
            {
                case OperandType.InlineType
                or OperandType.InlineMethod
                or OperandType.InlineField
                or OperandType.InlineTok:
                    used.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                default:
                    code.Offset += SizeOf(instruction.OperandType);
                    break;
            }
        }
    }

    private static int SizeOf(OperandType operand) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            _ => 4,
        };

    private string NameOf(TypeDefinitionHandle handle)
    {
        var type = _types.GetTypeDefinition(handle);
        return type.GetDeclaringType().IsNil
            ? _types.GetString(type.Namespace) + "." + _types.GetString(type.Name)
            : NameOf(type.GetDeclaringType());
    }

    /// <summary>Collects the types of the same assembly that signatures and instructions name.</summary>
    private sealed class UsedTypes(MetadataReader reader) : ISignatureTypeProvider<bool, object?>
    {
        public HashSet<TypeDefinitionHandle> Types { get; } = [];

        public void Add(EntityHandle handle)
        {
            if (handle.IsNil)
            {
                return;
            }

            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    Types.Add((TypeDefinitionHandle)handle);
                    break;
                case HandleKind.TypeSpecification:
                    reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                    break;
                case HandleKind.MethodDefinition:
                    var method = reader.GetMethodDefinition((MethodDefinitionHandle)handle);
                    Types.Add(method.GetDeclaringType());
                    method.DecodeSignature(this, null);
                    break;
                case HandleKind.FieldDefinition:
                    var field = reader.GetFieldDefinition((FieldDefinitionHandle)handle);
                    Types.Add(field.GetDeclaringType());
                    field.DecodeSignature(this, null);
                    break;
                case HandleKind.MethodSpecification:
                    var generic = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                    generic.DecodeSignature(this, null);
                    Add(generic.Method);
                    break;
                case HandleKind.MemberReference:
                    var member = reader.GetMemberReference((MemberReferenceHandle)handle);
                    Add(member.Parent);
                    if (member.GetKind() == MemberReferenceKind.Method)
                    {
                        member.DecodeMethodSignature(this, null);
                    }
                    else
                    {
                        member.DecodeFieldSignature(this, null);
                    }

                    break;
            }
        }

        public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            Types.Add(handle);

        public bool GetTypeFromSpecification(
            MetadataReader reader,
            object? genericContext,
            TypeSpecificationHandle handle,
            byte rawTypeKind
        ) => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => true;

        public bool GetArrayType(bool elementType, ArrayShape shape) => true;

        public bool GetByReferenceType(bool elementType) => true;

        public bool GetFunctionPointerType(MethodSignature<bool> signature) => true;

        public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => true;

        public bool GetGenericMethodParameter(object? genericContext, int index) => true;

        public bool GetGenericTypeParameter(object? genericContext, int index) => true;

        public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => true;

        public bool GetPinnedType(bool elementType) => true;

        public bool GetPointerType(bool elementType) => true;

        public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => true;

        public bool GetSZArrayType(bool elementType) => true;
    }
}
