package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.HeadEdit;
import dev.ringway.engine.httpfilters.HeadEdit.How;
import dev.ringway.engine.httpfilters.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;

import java.util.ArrayList;
import java.util.List;

/**
 * Translates {@code extensions.filters.http.header_mutation.v3.HeaderMutation}.
 */
final class HeaderMutationTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation";

    private final Checks checks;
    private final HeadEditTranslator edits;

    /**
     * @param checks where faults go.
     */
    HeaderMutationTranslator(final Checks checks)
    {
        this.checks = checks;
        edits = new HeadEditTranslator(checks);
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        final var message = io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation.parseFrom(
            config.getValue());
        return mutation(message.getMutations(), path.field("mutations"), message.getMostSpecificHeaderMutationsWins());
    }

    private HeaderMutation mutation(final Mutations config, final FieldPath path, final boolean mostSpecificWins)
    {
        return new HeaderMutation(
            list(config.getRequestMutationsList(), path.field("request_mutations")),
            list(config.getResponseMutationsList(), path.field("response_mutations")), !mostSpecificWins);
    }

    private List<HeadEdit> list(
        final List<io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation> configs, final FieldPath path)
    {
        final List<HeadEdit> result = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            final HeadEdit edit = switch (configs.get(i).getActionCase())
            {
                case REMOVE ->
                {
                    final byte[] name = edits.name(configs.get(i).getRemove(), path.at(i).field("remove"));
                    yield name == null ? null : new HeadEdit(name, null, How.REMOVE);
                }
                case APPEND -> edits.translate(configs.get(i).getAppend(), path.at(i).field("append"));
                default ->
                {
                    checks.fault(path.at(i), "needs append or remove");
                    yield null;
                }
            };
            if (edit != null)
            {
                result.add(edit);
            }
        }
        return List.copyOf(result);
    }

    /**
     * {@inheritDoc}
     */
    public String routeType()
    {
        return "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute";
    }

    /**
     * {@inheritDoc}
     */
    public Object routeSettings(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        return mutation(
            HeaderMutationPerRoute.parseFrom(config.getValue()).getMutations(), path.field("mutations"), false);
    }
}
