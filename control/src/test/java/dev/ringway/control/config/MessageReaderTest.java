package dev.ringway.control.config;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.v3.Percent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MessageReaderTest
{
    /** What is read must be what protobuf's own JSON reader makes of the same message. */
    @ParameterizedTest
    @ValueSource(strings = {"everything.yaml", "anchors-and-ignored.yaml", "camel-case.json"})
    void shouldAgreeWithProtobufsOwnReader(final String file) throws IOException, ConfigException
    {
        final List<Descriptor> extensions = new ArrayList<>();
        ExtensionTypes.names().forEach(name -> extensions.add(ExtensionTypes.find(name)));
        final TypeRegistry types = TypeRegistry.newBuilder().add(extensions).build();
        final Bootstrap ours = new BootstrapLoader(false)
            .load("src/test/resources/bootstraps/good/" + file, null).bootstrap();
        final String json = JsonFormat.printer().usingTypeRegistry(types).print(ours);
        final Bootstrap.Builder theirs = Bootstrap.newBuilder();
        JsonFormat.parser().usingTypeRegistry(types).merge(json, theirs);
        assertEquals(theirs.build(), ours);
        assertEquals(ours, Bootstrap.parseFrom(read(json, true).toByteString()));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "0x10,16", "0660,432", "0o17,15", "'\"7\"',7", "1e3,1000", "4.0,4"})
    void shouldReadWholeNumbers(final String text, final long value) throws ConfigException
    {
        final Bootstrap bootstrap = bootstrap("static_resources: {clusters: [{name: a, " +
            "per_connection_buffer_limit_bytes: " + text + "}]}");
        assertEquals(value, bootstrap.getStaticResources().getClusters(0)
            .getPerConnectionBufferLimitBytes().getValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "one", "-1", "4294967296", "1e99999999999", "0x", "[1]", "{a: 1}", "''"})
    void shouldRefuseWhatIsNoWholeNumber(final String text) throws ConfigException
    {
        final ConfigErrors errors = new ConfigErrors();
        read("static_resources: {clusters: [{name: a, per_connection_buffer_limit_bytes: " + text + "}]}", errors,
            false);
        assertEquals(1, errors.count());
        assertEquals("static_resources.clusters[0].per_connection_buffer_limit_bytes",
            errors.errors().get(0).path());
    }

    @ParameterizedTest
    @CsvSource({"5s,5,0", "0.25s,0,250000000", "-1.5s,-1,-500000000", "315576000000s,315576000000,0",
        "0.000000001s,0,1"})
    void shouldReadDurations(final String text, final long seconds, final int nanos) throws ConfigException
    {
        final Bootstrap bootstrap = bootstrap("static_resources: {clusters: [{connect_timeout: " + text + "}]}");
        assertEquals(seconds, bootstrap.getStaticResources().getClusters(0).getConnectTimeout().getSeconds());
        assertEquals(nanos, bootstrap.getStaticResources().getClusters(0).getConnectTimeout().getNanos());
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "5m", "s", "1.0000000001s", "315576000001s", "5 s", "[5s]"})
    void shouldRefuseWhatIsNoDuration(final String text) throws ConfigException
    {
        final ConfigErrors errors = new ConfigErrors();
        read("static_resources: {clusters: [{connect_timeout: " + text + "}]}", errors, false);
        assertEquals(1, errors.count());
    }

    @ParameterizedTest
    @CsvSource({"true,true", "yes,true", "ON,true", "false,false", "n,false", "'\"true\"',true"})
    void shouldReadBooleansAsEnvoyDoes(final String text, final boolean value) throws ConfigException
    {
        assertEquals(value, bootstrap("enable_dispatcher_stats: " + text).getEnableDispatcherStats());
    }

    @Test
    void shouldTreatQuotedYesAsText()
    {
        assertEquals(null, ScalarReader.asBool("yes", true));
    }

    @Test
    void shouldLeaveOutNullFields() throws ConfigException
    {
        assertFalse(bootstrap("node: null\nadmin: ~\nflags_path:\n").hasNode());
    }

    @Test
    void shouldReadStructsByTheFormOfTheirValues() throws ConfigException
    {
        final Bootstrap bootstrap = bootstrap(
            "node: {metadata: {a: 1.5, b: \"1.5\", c: yes, d: null, e: [x, {f: g}], h: 1.10.3}}");
        assertEquals(1.5, bootstrap.getNode().getMetadata().getFieldsOrThrow("a").getNumberValue());
        assertEquals("1.5", bootstrap.getNode().getMetadata().getFieldsOrThrow("b").getStringValue());
        assertTrue(bootstrap.getNode().getMetadata().getFieldsOrThrow("c").getBoolValue());
        assertTrue(bootstrap.getNode().getMetadata().getFieldsOrThrow("d").hasNullValue());
        assertEquals("g", bootstrap.getNode().getMetadata().getFieldsOrThrow("e").getListValue().getValues(1)
            .getStructValue().getFieldsOrThrow("f").getStringValue());
        assertEquals("1.10.3", bootstrap.getNode().getMetadata().getFieldsOrThrow("h").getStringValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a: 1}", "tru", "01", "{\"a\":1,\"a\":2}", "1 2",
        "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\t\"", "\u0001", "'a'", "nul", "[1 2]", "{\"a\":1 \"b\":2}"})
    void shouldRefuseWhatIsNoJson(final String text)
    {
        final ConfigException refusal = assertThrows(ConfigException.class,
            () -> JsonReader.read("x.json", text));
        assertTrue(refusal.getMessage().startsWith("x.json:1: not valid JSON: "), refusal.getMessage());
    }

    @Test
    void shouldBoundTheDepthOfJsonAndYaml() throws IOException
    {
        final String deep = "[".repeat(100_000);
        final ConfigException json = assertThrows(ConfigException.class,
            () -> JsonReader.read("x.json", deep));
        assertTrue(json.getMessage().contains("nested deeper than 100 levels"), json.getMessage());
        final ConfigException yaml = assertThrows(ConfigException.class,
            () -> YamlReader.read("x.yaml", deep));
        assertTrue(yaml.getMessage().contains("not valid YAML"), yaml.getMessage());
        assertTrue(Files.notExists(Path.of("x.yaml")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_connection_duration_jitter", "maxConnectionDurationJitter"})
    void shouldReadFieldsThatTheClassesDoNotHave(final String key) throws ConfigException, IOException
    {
        final HttpProtocolOptions options = HttpProtocolOptions.parseFrom(new MessageReader(new ConfigErrors(), false)
            .read(YamlReader.read("x.yaml", "{idle_timeout: 1s, " + key + ": {value: 12.5}}"),
            HttpProtocolOptions.getDescriptor(), FieldPath.ROOT).toByteString());
        final NewerField field = NewerField.MAX_CONNECTION_DURATION_JITTER;
        assertTrue(field.isIn(options));
        assertFalse(field.isIn(options.getIdleTimeout()));
        assertFalse(field.isIn(HttpProtocolOptions.getDefaultInstance()));
        assertEquals(12.5, Percent.parseFrom(field.bytesIn(options)).getValue());
        assertEquals(List.of(field), NewerField.of(options));
    }

    @Test
    void shouldNameWhatIsWrongInFieldsThatTheClassesDoNotHave() throws ConfigException
    {
        final ConfigErrors errors = new ConfigErrors();
        read("static_resources: {clusters: [{common_http_protocol_options: " +
            "{max_connection_duration_jitter: {share: 1}}, connect_timeout: {}}]}", errors, false);
        assertEquals("static_resources.clusters[0].common_http_protocol_options.max_connection_duration_jitter.share",
            errors.errors().get(0).path());
        assertEquals("is not a field of envoy.type.v3.Percent", errors.errors().get(0).reason());
    }

    @Test
    void shouldRefuseAFieldThatIsGivenInBothSpellings() throws ConfigException
    {
        final ConfigErrors errors = new ConfigErrors();
        read("static_resources: {clusters: [{connect_timeout: 1s, connectTimeout: 1s, common_http_protocol_options: " +
            "{max_connection_duration_jitter: {value: 1}, maxConnectionDurationJitter: {value: 1}}}]}", errors, false);
        assertEquals(List.of("connect_timeout", "common_http_protocol_options.max_connection_duration_jitter"),
            errors.errors().stream().map(one -> one.path().replace("static_resources.clusters[0].", "")).toList());
    }

    private static Bootstrap bootstrap(final String yaml) throws ConfigException
    {
        final ConfigErrors errors = new ConfigErrors();
        final Message message = read(yaml, errors, false);
        errors.conclude();
        try
        {
            return Bootstrap.parseFrom(message.toByteString());
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }

    private static Message read(final String json, final boolean strict) throws ConfigException
    {
        final ConfigErrors errors = new ConfigErrors();
        final Message message = read(json, errors, strict);
        errors.conclude();
        return message;
    }

    private static Message read(final String text, final ConfigErrors errors, final boolean json)
        throws ConfigException
    {
        final ConfigNode root = json ? JsonReader.read("x.json", text) : YamlReader.read("x.yaml", text);
        return new MessageReader(errors, false).read(root, Bootstrap.getDescriptor(), FieldPath.ROOT);
    }
}
