%% Ends the server when the logs of its quorum queues have ended and do not come back, as they do on a full disk: it would
%% go on refusing every message, and only a new start helps, by whoever starts containers again.
spawn(fun Watch() ->
    case whereis(ra_log_sup) of
        undefined ->
            timer:sleep(1000);
        Logs ->
            Monitor = monitor(process, Logs),
            receive {'DOWN', Monitor, process, Logs, _} -> timer:sleep(5000) end,
            case {whereis(ra_log_sup), init:get_status()} of
                {undefined, {started, _}} ->
                    logger:critical("the logs of quorum queues have ended; is the disk full?"),
                    erlang:halt(1);
                _ ->
                    ok
            end
    end,
    Watch()
end).
