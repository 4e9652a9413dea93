# expect: does_not_load
# because: source is UTF-8 unless it says otherwise
NAME = 'éÿ'
